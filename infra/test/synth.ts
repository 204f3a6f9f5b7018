import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

import { readConfig } from '../lib/config.ts';
import { SyncStack } from '../lib/sync-stack.ts';

type Json = Record<string, unknown>;

const folder = mkdtempSync(join(tmpdir(), 'infra-'));
process.on('exit', () => rmSync(folder, { recursive: true }));

/** A folder of functions that holds just enough to be packed. */
export const functionsDir = join(folder, 'functions');
for (const name of ['hcp-webhook', 'qbo-webhook', 'sync-consumer', 'hcp-sweep', 'payment-pull', 'office', 'manual-push', 'connect', 'notify']) {
  mkdirSync(join(functionsDir, name), { recursive: true });
  writeFileSync(join(functionsDir, name, 'bootstrap'), '');
}

/** The stack as a deployment with these context values would make it. */
export function makeStack(context: Json = {}): { app: App; stack: SyncStack } {
  const app = new App({ outdir: mkdtempSync(join(folder, 'out-')), context: { functionsDir, ...context } });
  return { app, stack: new SyncStack(app, readConfig(app.node)) };
}

/** Its template. */
export function synthesise(context: Json = {}): Template {
  return Template.fromStack(makeStack(context).stack);
}

/** The only resource of a type whose logical id begins so. */
export function one(template: Template, type: string, id = ''): Json {
  const found = Object.entries(template.findResources(type)).filter(([name]) => name.startsWith(id));
  if (found.length !== 1) throw new Error(`${found.length} resources of ${type} begin with '${id}'`);
  return (found[0]?.[1] as { Properties: Json }).Properties;
}

/** `action on resource`, one line each and sorted, of the policy whose logical id begins so; with the condition, where there is one. */
export function rights(template: Template, id: string): string[] {
  const document = one(template, 'AWS::IAM::Policy', id)['PolicyDocument'] as { Statement: Statement[] };
  return document.Statement.flatMap((statement) => {
    if (statement.Effect !== 'Allow' || statement.NotAction !== undefined) throw new Error('an unusual statement');
    return list(statement.Action).flatMap((action) =>
      list(statement.Resource).map((resource) => `${String(action)} on ${render(resource)}${condition(statement)}`),
    );
  }).sort();
}

function condition({ Condition }: Statement): string {
  return Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`;
}

interface Statement {
  Effect: string;
  Action: unknown;
  NotAction?: unknown;
  Resource: unknown;
  Condition?: unknown;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** Intrinsic functions as people write them: `Ref` and `GetAtt` become `<logical id without its hash>`. */
export function render(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, argument] = ['', '']] = Object.entries(value as Json);
  if (name === 'Fn::Join') return list((argument as unknown[])[1]).map(render).join('');
  const target = name === 'Fn::GetAtt' ? String((argument as unknown[])[0]) : String(argument);
  return target.startsWith('AWS::') ? '' : `<${target.replace(/[0-9A-F]{8}$/, '')}>`;
}
