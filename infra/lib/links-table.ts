import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

import type { Config } from './config.ts';

/** The sparse index of what wants attention, by time. */
export const DUE_INDEX = 'due';

/** The sparse indexes of lists that people see: jobs, alerts, what was done. */
export const LIST_INDEXES = ['list1', 'list2', 'list3', 'list4'] as const;

/** The one table: links, ledger, alerts, settings, leases. */
export function linksTable(scope: Construct, config: Config): Table {
  const table = new Table(scope, 'Table', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: 'expires',
    deletionProtection: config.deletionProtection,
    // Without the links a second deployment would not know what is in QuickBooks already.
    removalPolicy: config.deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  table.addGlobalSecondaryIndex({
    indexName: DUE_INDEX,
    partitionKey: { name: 'due_shard', type: AttributeType.STRING },
    sortKey: { name: 'due_at', type: AttributeType.NUMBER },
    projectionType: ProjectionType.KEYS_ONLY,
  });
  for (const indexName of LIST_INDEXES.slice(0, config.listIndexes)) {
    table.addGlobalSecondaryIndex({
      indexName,
      partitionKey: { name: `${indexName}_in`, type: AttributeType.STRING },
      sortKey: { name: `${indexName}_at`, type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
  }
  return table;
}
