import { type CfnStage, HttpApi, HttpMethod, type HttpRoute, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { accessLog } from './access-log.ts';
import type { Config } from './config.ts';
import type { Functions } from './functions.ts';
import type { SignIn } from './sign-in.ts';

/** Where pushes by hand come in. */
const PUSHES = '/api/v1/companies/{company}/pushes';

/**
 * The API of the people of companies. It is apart from the webhooks' one: a flood here must not have Housecall Pro's
 * webhooks refused.
 */
export function officeApi(
  scope: Construct,
  config: Config,
  { office, push }: Pick<Functions, 'office' | 'push'>,
  { pool, client, scope: needed }: SignIn,
): HttpApi {
  const { region, urlSuffix } = Stack.of(scope);
  const api = new HttpApi(scope, 'OfficeApi', {
    apiName: `${config.stackName}-office`,
    description: 'What the people of companies see and do',
    createDefaultStage: false,
    // An access token names the program that it was given to, and the scope; an ID token has no scope, and does not pass.
    defaultAuthorizer: new HttpJwtAuthorizer('SignedIn', `https://cognito-idp.${region}.${urlSuffix}/${pool.userPoolId}`, {
      jwtAudience: [client.userPoolClientId],
    }),
    defaultAuthorizationScopes: [needed],
  });
  const routes: HttpRoute[] = [
    ...api.addRoutes({ path: '/api/v1/{path+}', integration: new HttpLambdaIntegration('Office', office) }),
    ...api.addRoutes({ path: PUSHES, methods: [HttpMethod.POST], integration: new HttpLambdaIntegration('Push', push) }),
  ];
  const { rate, burst } = config.officeThrottle;
  const stage = new HttpStage(scope, 'OfficeStage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: rate, burstLimit: burst },
    accessLogSettings: accessLog(scope, 'OfficeApiLog', config),
  });
  (stage.node.defaultChild as CfnStage).routeSettings = {
    [`POST ${PUSHES}`]: { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst },
  };
  for (const route of routes) stage.node.addDependency(route);
  return api;
}
