import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

import type { Config } from './config.ts';

/** The work queue, and where messages go that cannot be worked on. */
export interface WorkQueue {
  readonly work: Queue;
  readonly deadLetters: Queue;
}

export function workQueue(scope: Construct, config: Config): WorkQueue {
  const common: QueueProps = {
    fifo: true,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: config.messageRetention,
  };
  const deadLetters = new Queue(scope, 'DeadLetters', {
    ...common,
    queueName: `${config.stackName}-dead-letters.fifo`,
  });
  const work = new Queue(scope, 'Work', {
    ...common,
    queueName: `${config.stackName}-work.fifo`,
    visibilityTimeout: config.visibility,
    // Waits take two of them; the others are for workers that die.
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: 10 },
  });
  return { work, deadLetters };
}
