import { type CfnStage, HttpApi, HttpMethod, type HttpRoute, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Construct } from 'constructs';

import { accessLog } from './access-log.ts';
import { acknowledge } from './acknowledge.ts';
import type { Config } from './config.ts';
import type { Functions } from './functions.ts';

/** The path that Intuit is given, the same for all companies. */
export const QBO_PATH = '/qbo';

/** The API itself, whose address a function has to know before it has routes. */
export function bareWebhookApi(scope: Construct, config: Config): HttpApi {
  return new HttpApi(scope, 'Api', {
    apiName: config.stackName,
    description: 'Takes webhooks of Housecall Pro and QuickBooks',
    createDefaultStage: false,
  });
}

/** The addresses that webhooks go to: of Housecall Pro one for each company, of QuickBooks one for all. */
export function webhookApi(
  scope: Construct,
  config: Config,
  api: HttpApi,
  { webhook, qboWebhook }: Pick<Functions, 'webhook' | 'qboWebhook'>,
): void {
  const routes: HttpRoute[] = [];
  for (const [path, integration, who] of [
    ['/hcp/{company}/{token}', new HttpLambdaIntegration('Webhook', webhook), 'Housecall Pro'],
    [QBO_PATH, new HttpLambdaIntegration('QboWebhook', qboWebhook), 'Intuit'],
  ] as const) {
    for (const route of api.addRoutes({ path, methods: [HttpMethod.POST], integration })) {
      acknowledge(route, {
        APIG4: { reason: `${who} can only sign its requests; the function checks that signature first.` },
      });
      routes.push(route);
    }
  }
  const throttle = { ThrottlingRateLimit: config.throttle.rate, ThrottlingBurstLimit: config.throttle.burst };
  const stage = new HttpStage(scope, 'Stage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: config.throttle.rate, burstLimit: config.throttle.burst },
    accessLogSettings: accessLog(scope, 'ApiLog', config),
  });
  // Counted by itself, so that a flood at this address does not close the other one.
  (stage.node.defaultChild as CfnStage).routeSettings = { [`POST ${QBO_PATH}`]: throttle };
  for (const route of routes) stage.node.addDependency(route);
}
