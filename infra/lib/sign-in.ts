import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AccountRecovery,
  FeaturePlan,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  UserPool,
  UserPoolClient,
  UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';

import { acknowledge } from './acknowledge.ts';
import type { Config } from './config.ts';

/** Where the command line waits for the end of a sign-in. Cognito takes `http` for this machine only, and each port apart. */
export const LOOPBACK = 'http://localhost:8757/signed-in';

/** Who signs in, and with which programs. */
export interface SignIn {
  readonly pool: UserPool;
  readonly domain: UserPoolDomain;
  /** The program that a person runs on their own machine. */
  readonly client: UserPoolClient;
  /** The pages: a program of ours that a browser shows. */
  readonly pages: UserPoolClient;
  /** The scope that an access token must have. */
  readonly scope: string;
}

/**
 * People sign in with mail address and password on Cognito's own page. What they may do is in the table, not here.
 * `address`: of the pages, to which people come back.
 */
export function signIn(scope: Construct, config: Config, address: string): SignIn {
  const pool = new UserPool(scope, 'People', {
    userPoolName: config.stackName,
    featurePlan: FeaturePlan.ESSENTIALS,
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    autoVerify: { email: true },
    keepOriginal: { email: true },
    standardAttributes: { email: { required: true, mutable: true } },
    passwordPolicy: {
      minLength: 12,
      requireLowercase: true,
      requireUppercase: true,
      requireDigits: true,
      requireSymbols: true,
      tempPasswordValidity: Duration.days(7),
    },
    mfa: config.secondFactor === 'required' ? Mfa.REQUIRED : Mfa.OPTIONAL,
    mfaSecondFactor: { otp: true, sms: false },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    userInvitation: {
      emailSubject: 'Your access to the QuickBooks sync',
      emailBody: [
        'You were invited to look after the sync of Housecall Pro and QuickBooks.',
        'Sign in with your mail address {username} and the password {####}; you choose your own then.',
        'The password is good for a week.',
      ].join(' '),
    },
    deletionProtection: config.deletionProtection,
    removalPolicy: config.deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  acknowledge(pool, {
    COG2: { reason: 'A second factor is offered to all and required with the context value secondFactor=required.' },
    COG8: { reason: 'Threat protection needs a plan that costs five times as much a person; nobody can sign up, and passwords are long.' },
  });
  const domain = pool.addDomain('Domain', {
    cognitoDomain: { domainPrefix: `${config.signInPrefix}-${Stack.of(scope).account}` },
    managedLoginVersion: ManagedLoginVersion.CLASSIC_HOSTED_UI,
  });
  const use = new ResourceServerScope({ scopeName: 'use', scopeDescription: 'What you may do in your companies' });
  const server = pool.addResourceServer('Office', { identifier: 'office', scopes: [use] });
  const client = pool.addClient('CommandLine', {
    userPoolClientName: `${config.stackName}-command-line`,
    // It runs on machines of others and can keep no secret: PKCE takes its place.
    generateSecret: false,
    // Only on Cognito's own page: with this list empty, CDK would leave the default, which is more.
    authFlows: { userSrp: false },
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [OAuthScope.OPENID, OAuthScope.resourceServer(server, use)],
      callbackUrls: [LOOPBACK],
      logoutUrls: [LOOPBACK],
    },
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    accessTokenValidity: Duration.hours(1),
    idTokenValidity: Duration.hours(1),
    refreshTokenValidity: Duration.days(30),
  });
  const pages = pool.addClient('Pages', {
    userPoolClientName: `${config.stackName}-pages`,
    // PKCE ties a sign-in to the browser that began it, and none of its tokens is kept: there is nothing for a secret to protect.
    generateSecret: false,
    authFlows: { userSrp: false },
    oAuth: {
      flows: { authorizationCodeGrant: true },
      // Who it is, and no more: what they may do is in the table.
      scopes: [OAuthScope.OPENID],
      callbackUrls: [`${address}/signed-in`],
      logoutUrls: [`${address}/signed-out`],
    },
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    // The shortest that there are: nobody keeps them.
    accessTokenValidity: Duration.minutes(5),
    idTokenValidity: Duration.minutes(5),
    refreshTokenValidity: Duration.hours(1),
  });
  return { pool, domain, client, pages, scope: 'office/use' };
}
