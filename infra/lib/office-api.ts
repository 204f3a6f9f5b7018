import { type CfnStage, HttpApi, HttpMethod, HttpNoneAuthorizer, type HttpRoute, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { accessLog } from './access-log.ts';
import { acknowledge } from './acknowledge.ts';
import type { Config } from './config.ts';
import type { Functions } from './functions.ts';
import type { SignIn } from './sign-in.ts';

/** Where pushes by hand come in. */
const PUSHES = '/api/v1/companies/{company}/pushes';

/** The pages of the daily work, which the office answers. */
const OFFICE_PAGES: readonly (readonly [HttpMethod, string])[] = [
  [HttpMethod.GET, '/'],
  [HttpMethod.GET, '/assets/{path+}'],
];

/** The pages on which people sign in and set their company up. Whoever asks for one shows a session, or is sent to sign in. */
const PAGES: readonly (readonly [HttpMethod, string])[] = [
  ...['companies', 'sign-in', 'signed-in', 'signed-out', 'disconnected', 'licence', 'privacy', 'setup/{path+}', 'connect/{path+}'].map(
    (path) => [HttpMethod.GET, `/${path}`] as const,
  ),
  ...['companies', 'sign-out', 'setup/{path+}', 'connect/{path+}'].map((path) => [HttpMethod.POST, `/${path}`] as const),
];

/** The address of the people's API and pages; without a name of its own, the one that AWS gives it. */
export function officeAddress(config: Config, api: HttpApi): string {
  const { region, urlSuffix } = Stack.of(api);
  return config.officeAddress ?? `https://${api.apiId}.execute-api.${region}.${urlSuffix}`;
}

/** The API itself, whose address its functions and the sign-in have to know before it has routes. */
export function bareOfficeApi(scope: Construct, config: Config): HttpApi {
  return new HttpApi(scope, 'OfficeApi', {
    apiName: `${config.stackName}-office`,
    description: 'What the people of companies see and do',
    createDefaultStage: false,
  });
}

/**
 * The API of the people of companies. It is apart from the webhooks' one: a flood here must not have Housecall Pro's
 * webhooks refused.
 */
export function officeApi(
  scope: Construct,
  config: Config,
  api: HttpApi,
  { office, push, connect }: Pick<Functions, 'office' | 'push' | 'connect'>,
  { pool, client, scope: needed }: SignIn,
): void {
  const { region, urlSuffix } = Stack.of(scope);
  // An access token names the program that it was given to, and the scope; an ID token has no scope, and does not pass.
  const signedIn = {
    authorizer: new HttpJwtAuthorizer('SignedIn', `https://cognito-idp.${region}.${urlSuffix}/${pool.userPoolId}`, {
      jwtAudience: [client.userPoolClientId],
    }),
    authorizationScopes: [needed],
  };
  const routes: HttpRoute[] = [
    ...api.addRoutes({ path: '/api/v1/{path+}', integration: new HttpLambdaIntegration('Office', office), ...signedIn }),
    ...api.addRoutes({
      path: PUSHES,
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Push', push),
      ...signedIn,
    }),
  ];
  const daily = new HttpLambdaIntegration('OfficePages', office);
  const setUp = new HttpLambdaIntegration('Connect', connect);
  const pages = [
    ...OFFICE_PAGES.map(([method, path]) => ({ method, path, integration: daily })),
    ...PAGES.map(([method, path]) => ({ method, path, integration: setUp })),
  ];
  for (const { method, path, integration } of pages) {
    for (const route of api.addRoutes({ path, methods: [method], integration, authorizer: new HttpNoneAuthorizer() })) {
      acknowledge(route, {
        APIG4: { reason: 'A browser shows a session in a cookie; the function looks it up first, and each page without one is public.' },
      });
      routes.push(route);
    }
  }
  const { rate, burst } = config.officeThrottle;
  const stage = new HttpStage(scope, 'OfficeStage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: rate, burstLimit: burst },
    accessLogSettings: accessLog(scope, 'OfficeApiLog', config),
  });
  const page = { ThrottlingRateLimit: config.pageThrottle.rate, ThrottlingBurstLimit: config.pageThrottle.burst };
  (stage.node.defaultChild as CfnStage).routeSettings = {
    [`POST ${PUSHES}`]: { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst },
    // Counted each by itself: a flood of a page that anybody may ask for keeps nobody from the API.
    ...Object.fromEntries(pages.map(({ method, path }) => [`${method} ${path}`, page])),
  };
  for (const route of routes) stage.node.addDependency(route);
}
