import { paginationInvalid } from "./errors.ts";
import { repositoryPath, sendJson, type Exchange } from "./exchange.ts";

const MAX_PAGE = 1000;

/** `GET /v2/NAME/tags/list?n=…&last=…`: tags in order, at most 1,000 at once, and a link to the next ones. */
export async function listTags(exchange: Exchange): Promise<void> {
  const { registry, query, repository } = exchange;
  await registry.repositories.get(repository);
  const n = query.get("n");
  if (n !== null && !/^\d{1,9}$/.test(n)) throw paginationInvalid();
  const limit = Math.min(n === null ? MAX_PAGE : Number(n), MAX_PAGE);
  const after = query.get("last") ?? undefined;
  const found = await registry.images.listTags(repository, { after, limit: limit + 1 });
  const tags = found.slice(0, limit);
  const last = found.length > limit ? tags.at(-1) : undefined;
  const next = repositoryPath(repository, `tags/list?n=${limit}&last=${encodeURIComponent(last ?? "")}`);
  const link: Record<string, string> = last === undefined ? {} : { link: `<${next}>; rel="next"` };
  sendJson(exchange, 200, { name: repository.name, tags }, link);
}
