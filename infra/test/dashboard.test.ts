import assert from 'node:assert/strict';
import { test } from 'node:test';

import { one, render, synthesise } from './synth.ts';

/** What each widget shows, as `metric of whom`. */
function shown(context: Record<string, string> = {}): Record<string, string[]> {
  const dashboard = one(synthesise(context), 'AWS::CloudWatch::Dashboard');
  assert.equal(dashboard['DashboardName'], 'hcp-qbo-sync');
  const { widgets } = JSON.parse(render(dashboard['DashboardBody'])) as {
    widgets: { properties: { title: string; metrics: unknown[][] } }[];
  };
  return Object.fromEntries(
    widgets.map(({ properties: { title, metrics } }) => [
      title,
      metrics.map(([, name, , of]) => `${String(name)} of ${String(of)}`),
    ]),
  );
}

test('the dashboard shows how all companies stand together, and the queue', () => {
  const widgets = shown();
  assert.deepEqual(widgets['Now'], [
    'OpenAlerts of <Sweep>',
    'LostConnections of <Sweep>',
    'OldestUnsynced of <Sweep>',
    'ParkedWork of <Sweep>',
    'SilentCompanies of <Sweep>',
    'MeteredReads of <Sweep>',
  ]);
  assert.deepEqual(widgets['Reads of QuickBooks this month'], ['MeteredReads of <Sweep>']);
  assert.deepEqual(widgets['Age of the oldest change that is not in QuickBooks (s)'], ['OldestUnsynced of <Sweep>']);
  assert.equal(widgets['Messages']?.length, 3);
  assert.deepEqual(widgets['Webhooks'], ['WebhookAccepted of <Webhook>', 'WebhookAccepted of <QboWebhook>']);
  assert.equal(widgets['Runs that failed']?.length, 8);
});

test('where people are told, the dashboard shows what of that fails', () => {
  const widgets = shown({ mailFrom: 'sync@example.com' });
  assert.equal(widgets['Now']?.at(-1), 'LettersFailing of <Notify>');
  assert.equal(widgets['Runs that failed']?.length, 9);
});
