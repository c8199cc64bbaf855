// Reads the feed on standard input with the named parser; prints what it found as JSON.
const { createRequire } = require("module");
const [modules, name] = process.argv.slice(2);
const load = createRequire(modules + "/");
const xml = require("fs").readFileSync(0, "utf8");
const read = {
  "podcast-partytime": () => load("podcast-partytime").parseFeed(xml),
  "rss-parser": () => new (load("rss-parser"))().parseString(xml),
}[name];
Promise.resolve(read()).then((found) => console.log(JSON.stringify(found)));
