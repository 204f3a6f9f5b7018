import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type IAccessLogSettings, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

import type { Config } from './config.ts';

/** What an API writes of each request: neither the path, which may hold a secret token, nor anything of the body. */
export function accessLog(scope: Construct, id: string, config: Config): IAccessLogSettings {
  const group = new LogGroup(scope, id, { retention: config.logRetentionDays, removalPolicy: RemovalPolicy.DESTROY });
  return {
    destination: new LogGroupLogDestination(group),
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
  };
}
