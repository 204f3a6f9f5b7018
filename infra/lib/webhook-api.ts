import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

import { acknowledge } from './acknowledge.ts';
import type { Config } from './config.ts';

/** The one address that Housecall Pro is given, one for each company. */
export function webhookApi(scope: Construct, config: Config, webhook: Function): HttpApi {
  const api = new HttpApi(scope, 'Api', {
    apiName: config.stackName,
    description: 'Takes webhooks of Housecall Pro',
    createDefaultStage: false,
  });
  const [route] = api.addRoutes({
    path: '/hcp/{company}/{token}',
    methods: [HttpMethod.POST],
    integration: new HttpLambdaIntegration('Webhook', webhook),
  });
  if (route !== undefined) {
    acknowledge(route, {
      APIG4: { reason: 'Housecall Pro can only sign its requests; the function checks that signature first.' },
    });
  }
  new HttpStage(scope, 'Stage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: config.throttle.rate, burstLimit: config.throttle.burst },
    accessLogSettings: {
      destination: new LogGroupLogDestination(
        new LogGroup(scope, 'ApiLog', {
          retention: config.logRetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      ),
      // Neither the path, which holds a secret token, nor anything of the body.
      format: AccessLogFormat.custom(
        JSON.stringify({
          requestId: '$context.requestId',
          time: '$context.requestTime',
          route: '$context.routeKey',
          status: '$context.status',
          bytes: '$context.responseLength',
          ms: '$context.responseLatency',
          integrationError: '$context.integrationErrorMessage',
        }),
      ),
    },
  });
  return api;
}
