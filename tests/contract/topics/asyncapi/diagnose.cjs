// Prints what the official parser finds in the AsyncAPI document on stdin, as JSON: [] for a document that is all right.
// The parser holds an Avro schema against a JSON schema of Avro, which lets a misspelt type pass; its Avro plug-in knows better when asked.
const { readFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");
const { AvroSchemaParser } = require("@asyncapi/avro-schema-parser");

async function main() {
  const text = readFileSync(0, "utf8");
  const avro = AvroSchemaParser();
  const parser = new Parser();
  parser.registerSchemaParser(avro);
  const { diagnostics } = await parser.parse(text);
  const found = diagnostics.map(({ severity, code, path, message }) => ({ severity, code, path, message }));
  for (const [name, { payload }] of Object.entries(JSON.parse(text).components.messages)) {
    if (!avro.getMimeTypes().includes(payload.schemaFormat)) continue;
    const path = ["components", "messages", name, "payload", "schema"];
    for (const { message } of await avro.validate({ data: payload.schema, path })) found.push({ severity: 0, code: "avro", path, message });
  }
  process.stdout.write(JSON.stringify(found));
}

main();
