import { createPrivateKey, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { selfSignedCertificate } from "./self-signed-certificate.ts";

test("a certificate is signed by its own key, for an address", () => {
  const { key, cert } = selfSignedCertificate("169.254.170.2");
  const certificate = new X509Certificate(cert);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(certificate.checkIP("169.254.170.2")).toBe("169.254.170.2");
  expect(certificate.subject).toBe("CN=169.254.170.2");
  expect(certificate.validToDate.getUTCFullYear()).toBe(9999);
  expect(new X509Certificate(selfSignedCertificate("169.254.170.2").cert).serialNumber).not.toBe(
    certificate.serialNumber,
  );
});
