import { isIP } from 'node:net';

import type { Node } from 'constructs';

/** How long CloudWatch can keep logs, in days; it refuses any other number. */
const LOG_RETENTION = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/**
 * The context values of a deployment (`cdk -c name=value`, or `cdk.json`). What AWS would refuse later, or what would
 * silently do something else, is refused here by its name.
 */
export class Context {
  private readonly known = new Set<string>();

  constructor(private readonly node: Node) {}

  /** A value, or `otherwise` where it is not given. */
  text(name: string, otherwise: string, form: RegExp = /./, expected = 'text'): string {
    const value = this.given(name) ?? otherwise;
    if (typeof value !== 'string' || !form.test(value)) refuse(name, expected);
    return value;
  }

  /** A value that need not be given. */
  optional(name: string, form: RegExp, expected: string): string | undefined {
    return this.given(name) === undefined ? undefined : this.text(name, '', form, expected);
  }

  whole(name: string, otherwise: number, least: number, most: number): number {
    const text = String(this.given(name) ?? otherwise);
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      refuse(name, `a whole number from ${least} to ${most}`);
    }
    return value;
  }

  flag(name: string, otherwise: boolean): boolean {
    return this.choice(name, String(otherwise), { true: true, false: false });
  }

  choice<T>(name: string, otherwise: string, choices: Readonly<Record<string, T>>): T {
    const value = String(this.given(name) ?? otherwise);
    const chosen = Object.entries(choices).find(([key]) => key === value);
    if (chosen === undefined) refuse(name, `one of ${Object.keys(choices).join(', ')}`);
    return chosen[1];
  }

  logRetention(name: string, otherwise: number): number {
    const days = this.whole(name, otherwise, 1, 3653);
    if (!LOG_RETENTION.includes(days)) refuse(name, `one of ${LOG_RETENTION.join(', ')} days`);
    return days;
  }

  /** An address that keys are sent to: encrypted, or of this machine. */
  address(name: string, otherwise: string): string {
    const text = this.text(name, otherwise);
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isThisMachine(url.hostname));
    if (url === undefined || !isSafe || url.username !== '' || url.search !== '' || url.hash !== '') {
      refuse(name, 'an address that begins with https:// (http:// for this machine only), without user or query');
    }
    return text.replace(/\/+$/, '');
  }

  /** An address that need not be given. */
  optionalAddress(name: string): string | undefined {
    return this.given(name) === undefined ? undefined : this.address(name, '');
  }

  /** A recurring schedule of EventBridge. */
  schedule(name: string, otherwise: string): string {
    const text = this.text(name, otherwise);
    if (!isRate(text) && !isCron(text)) {
      refuse(name, 'a schedule like rate(5 minutes), rate(1 hour) or cron(10 9 * * ? *)');
    }
    return text;
  }

  /** Refuses a value that nothing has asked for: mistyped, it would change nothing and nobody would notice. */
  refuseUnknown(): void {
    // CDK's own names hold other characters.
    const names = Object.keys(this.node.getAllContext() as Record<string, unknown>);
    const unknown = names.find((name) => /^[A-Za-z]+$/.test(name) && !this.known.has(name));
    if (unknown !== undefined) {
      throw new Error(`context ${unknown}: there is no such value; there are ${[...this.known].sort().join(', ')}`);
    }
  }

  private given(name: string): unknown {
    this.known.add(name);
    return this.node.tryGetContext(name);
  }
}

export function refuse(name: string, expected: string): never {
  throw new Error(`context ${name}: expected ${expected}`);
}

function isThisMachine(host: string): boolean {
  const ip = host.replace(/^\[|\]$/g, '');
  return host === 'localhost' || ip === '::1' || (isIP(ip) === 4 && ip.startsWith('127.'));
}

function isRate(text: string): boolean {
  const [, count, unit] = /^rate\(([1-9]\d{0,4}) (minute|minutes|hour|hours|day|days)\)$/.exec(text) ?? [];
  return unit !== undefined && (count === '1') === !unit.endsWith('s');
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const DAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');

/** Minutes, hours, day of the month, month, day of the week, year; of the two days one is left open by `?`. */
function isCron(text: string): boolean {
  const fields = /^cron\(([^()]+)\)$/.exec(text)?.[1]?.split(' ') ?? [];
  const [minutes, hours, day, month, weekday, year, ...rest] = fields;
  if (minutes === undefined || hours === undefined || day === undefined || month === undefined) return false;
  if (weekday === undefined || year === undefined || rest.length > 0) return false;
  const isDay = (one: string) => one === 'L' || one === 'LW' || /^([1-9]|[12]\d|3[01])W$/.test(one);
  const isWeekday = (one: string) => /^([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)?L$/.test(one) || /^[1-7]#[1-5]$/.test(one);
  return (
    isField(minutes, 0, 59) &&
    isField(hours, 0, 23) &&
    isField(month, 1, 12, MONTHS) &&
    isField(year, 1970, 2199) &&
    ((weekday === '?' && isField(day, 1, 31, [], isDay)) || (day === '?' && isField(weekday, 1, 7, DAYS, isWeekday)))
  );
}

/** A list of values, ranges and steps; `names` stand for the values from `least` on. */
function isField(
  field: string,
  least: number,
  most: number,
  names: readonly string[] = [],
  isOther: (one: string) => boolean = () => false,
): boolean {
  const value = (text: string): number => {
    const named = names.indexOf(text);
    if (named >= 0) return named + least;
    return /^\d+$/.test(text) ? Number(text) : NaN;
  };
  const isValue = (text: string): boolean => value(text) >= least && value(text) <= most;
  return field.split(',').every((one) => {
    if (isOther(one)) return true;
    const [range = '', step, ...more] = one.split('/');
    if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
    const [from = '', to, ...others] = range.split('-');
    if (range === '*') return true;
    return others.length === 0 && isValue(from) && (to === undefined || isValue(to));
  });
}
