import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

import { readConfig } from '../lib/config.ts';
import { SyncStack } from '../lib/sync-stack.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
new SyncStack(app, readConfig(app.node));
