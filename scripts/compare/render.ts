import { plain } from '../../harness/report/render/text.ts';
import { FALSE_ALARM_RATE, type ComparedSamples, type ComparedTest, type Comparison } from './compare.ts';

/** The comparison as people read it, the worst first; what is empty is left out. */
export function renderComparison(comparison: Comparison): string {
  const { newlyFailing, fixed, flaky, slower, unjudged, onlyBefore, onlyAfter } = comparison;
  const rate = `permutation test, false-alarm rate ${FALSE_ALARM_RATE * 100} % over all measurements`;
  const sections = [
    section('newly failing', newlyFailing.map(testText)),
    section(
      `slower (${rate})`,
      slower.map((one) => `${samplesText(one)}, p = ${one.probability.toPrecision(2)}`),
    ),
    section('longer, but too few samples to judge', unjudged.map(samplesText)),
    section('flaky', flaky.map(testText)),
    section('fixed', fixed.map(testText)),
    section('only in the first', onlyBefore.map(testText)),
    section('only in the second', onlyAfter.map(testText)),
  ].flat();
  const counts = `${newlyFailing.length} newly failing, ${fixed.length} fixed, ${flaky.length} flaky, ${slower.length} slower`;
  return `${[...sections, counts].join('\n')}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${plain(line)}`), ''];
}

function testText({ target, file, promise }: ComparedTest): string {
  return `${file} on ${target}: ${promise}`;
}

function samplesText(one: ComparedSamples): string {
  const change = one.before === 0 ? '' : ` (${(one.after / one.before).toFixed(2)}x)`;
  return `${testText(one)}: ${one.name}: ${figure(one.before)} to ${figure(one.after)} ${one.unit}${change}`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
