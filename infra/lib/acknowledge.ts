import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Why a rule of cdk-nag's AwsSolutions does not apply; `findings` are the rule's own, where it has several. */
interface Exception {
  readonly findings?: readonly string[];
  readonly reason: string;
}

/** Acknowledges what a rule finds on one construct, with the reason. */
export function acknowledge(construct: IConstruct, exceptions: Readonly<Record<string, Exception>>): void {
  for (const [rule, { findings, reason }] of Object.entries(exceptions)) {
    const ids = findings?.map((finding) => `AwsSolutions-${rule}[${finding}]`) ?? [`AwsSolutions-${rule}`];
    for (const id of ids) Validations.of(construct).acknowledge({ id, reason });
  }
}
