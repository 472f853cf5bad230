// Writes the types of the API from its description.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const description = JSON.parse(readFileSync(new URL("../../shell/server/openapi.json", import.meta.url), "utf8"));
// Operations are called by their paths. Their ids say only the verb, such as `list`, which many share.
for (const path of Object.values(description.paths)) {
  for (const operation of Object.values(path)) delete operation.operationId;
}
const types = await openapiTS(description, { rootTypes: true, rootTypesNoSchemaPrefix: true, defaultNonNullable: false, silent: true });
const folder = new URL("../src/api/__generated__/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("schema.ts", folder), astToString(types));
