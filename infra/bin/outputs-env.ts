// Reads the outputs of a deployment (`cdk deploy --outputs-file`) and prints them as the variables that
// the command `hcpqbo` reads: `ApiUrl` becomes `API_URL`.

import { readFileSync } from 'node:fs';

const [file = ''] = process.argv.slice(2);
const stacks = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>;
for (const outputs of Object.values(stacks)) {
  for (const [name, value] of Object.entries(outputs)) {
    const variable = name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
    console.log(`${variable}='${value}'`);
  }
}
