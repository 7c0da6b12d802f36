/** Prints the variables AWS's clients look at, then what each of REQUESTS, pairs for fetch(), is answered with. */
const { env } = process;
const names = Object.keys(env).filter((name) => /^(AWS_|ECS_)/.test(name));
console.log(JSON.stringify(Object.fromEntries(names.map((name) => [name, env[name]]))));
for (const [url, init] of JSON.parse(env.REQUESTS ?? "[]")) {
  const answer = await fetch(url.replace("$ECS_AGENT_URI", env.ECS_AGENT_URI), init);
  console.log(JSON.stringify({ status: answer.status, body: await answer.text() }));
}
process.once("SIGTERM", () => process.exit());
setInterval(() => {}, 1000);
