import { arnOf, CLIENT, INVALID, many, of, tags } from "./operation-case.ts";

const gateway = "shop";
const NO_GATEWAY = ["GatewayNotFoundException", /^The specified gateway wasn't found\./] as const;
const role = "arn:aws:iam::000000000000:role/gateway";

/** Tags, and gateways, of which an account without load balancers has none. */
export const otherCases = [
  of("TagResource")
    .does(
      "a service",
      ({ web }) => ({ resourceArn: web, tags: [{ key: "a", value: "1" }] }),
      () => ({}),
    )
    .does(
      "a task",
      ({ running }) => ({ resourceArn: running, tags: [{ key: "a", value: "1" }] }),
      () => ({}),
    )
    .does(
      "a definition",
      ({ plain }) => ({ resourceArn: plain, tags: [{ key: "a", value: "1" }] }),
      () => ({}),
    )
    .reaches(
      "50",
      () => ({ resourceArn: arnOf("cluster/tagging"), tags: tags(50) }),
      () => ({}),
    )
    .refuses(
      "a 51st",
      () => ({ resourceArn: arnOf("cluster/tagging"), tags: [{ key: "one-more", value: "" }] }),
      INVALID,
      "The maximum number of tags per resource is 50.",
    )
    .refuses("no ARN", () => ({ resourceArn: "x", tags: tags(1) }), INVALID, "The ARN provided is invalid.")
    .refuses(
      "a service that is not there",
      () => ({ resourceArn: arnOf("service/test/none"), tags: tags(1) }),
      INVALID,
      "The specified service does not exist.",
    )
    .refuses(
      "AWS's own keys of a definition",
      ({ plain }) => ({ resourceArn: plain, tags: [{ key: "aws:x", value: "" }] }),
      CLIENT,
      "aws: prefixed tag key names are not allowed for external use.",
    ),
  of("ListTagsForResource")
    .does(
      "of a service",
      ({ web }) => ({ resourceArn: web }),
      () => ({ tags: [{ key: "a", value: "1" }] }),
    )
    .reaches(
      "50",
      () => ({ resourceArn: arnOf("cluster/tagging") }),
      () => ({ tags: { length: 50 } }),
    )
    .refuses(
      "a task that is not there",
      () => ({ resourceArn: arnOf(`task/test/${"0".repeat(32)}`) }),
      INVALID,
      "The specified task does not exist.",
    )
    .refuses(
      "what there is none of",
      () => ({ resourceArn: arnOf("container-instance/test/i") }),
      INVALID,
      "The specified container instance does not exist.",
    )
    .refuses("no ARN", () => ({ resourceArn: "x" }), INVALID, "The ARN provided is invalid."),
  of("UntagResource")
    .does(
      "a service",
      ({ web }) => ({ resourceArn: web, tagKeys: ["a"] }),
      () => ({}),
    )
    .reaches(
      "50, and those that are not there",
      () => ({
        resourceArn: arnOf("cluster/tagging"),
        tagKeys: many(50, String),
      }),
      () => ({}),
    )
    .reaches(
      "a key that is not there",
      ({ web }) => ({ resourceArn: web, tagKeys: ["none"] }),
      () => ({}),
    )
    .refuses("no ARN", () => ({ resourceArn: "x", tagKeys: ["a"] }), INVALID, "The ARN provided is invalid."),
  of("CreateGateway").refuses(
    "gateways",
    () => ({ name: gateway, infrastructureRoleArn: role, configuration: { elb: {} } as never }),
    "UnsupportedFeatureException",
    /gateways/,
  ),
  of("ListGateways")
    .does(
      "of which there are none",
      () => ({}),
      () => ({ gateways: [] }),
    )
    .reaches(
      "100 a page",
      () => ({ maxResults: 100, names: [gateway] }),
      () => ({ gateways: [] }),
    )
    .refuses("101 a page", () => ({ maxResults: 101 }), INVALID, "Max results can not be greater than 100"),
  of("ListGatewayClusterAssociations")
    .does(
      "of which there are none",
      () => ({ cluster: "test" }),
      () => ({ gatewayClusterAssociations: [] }),
    )
    .reaches(
      "100 a page",
      () => ({ maxResults: 100 }),
      () => ({ gatewayClusterAssociations: [] }),
    )
    .refuses("a token of nobody's", () => ({ nextToken: "x" }), INVALID, "Invalid token."),
  of("ListGatewayRoutes")
    .does(
      "of which there are none",
      () => ({ cluster: "test" }),
      () => ({ gatewayRoutes: [] }),
    )
    .reaches(
      "100 a page",
      () => ({ maxResults: 100 }),
      () => ({ gatewayRoutes: [] }),
    )
    .refuses("of a gateway", () => ({ gateway }), ...NO_GATEWAY),
  of("DescribeGateway").refuses("none that is there", () => ({ gateway }), ...NO_GATEWAY),
  of("DescribeGatewayResources").refuses("none that is there", () => ({ gateway }), ...NO_GATEWAY),
  of("DescribeGatewayRoute").refuses(
    "none that is there",
    () => ({ gatewayRouteArn: arnOf("gateway-route/shop/1") }),
    "ResourceNotFoundException",
    "The specified resource wasn't found.",
  ),
  of("UpdateGateway").refuses("none that is there", () => ({ gateway }), ...NO_GATEWAY),
  of("DeleteGateway").refuses("none that is there", () => ({ gateway }), ...NO_GATEWAY),
  of("AssociateGatewayWithCluster").refuses("none that is there", () => ({ gateway, cluster: "test" }), ...NO_GATEWAY),
  of("DisassociateGatewayFromCluster").refuses(
    "none that is there",
    () => ({ gateway, cluster: "test" }),
    ...NO_GATEWAY,
  ),
];
