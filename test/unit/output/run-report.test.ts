import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import stringWidth from 'string-width';
import { renderPlan } from '../../../src/lib/output/run/plan.js';
import { renderRunReport } from '../../../src/lib/output/run/report.js';
import type { Terminal } from '../../../src/lib/output/terminal.js';
import { expectGolden } from '../../support/golden.js';
import { plans, reports, stateBefore } from './run-fixture.js';

const screen: Terminal = { interactive: true, width: 80, color: false, unicode: true };
const pipe: Terminal = { interactive: false, width: undefined, color: false, unicode: true };

describe('the plan of a run on a screen', () => {
  for (const [name, plan] of Object.entries(plans))
    it(`looks as it should: ${name}`, () => {
      expectGolden(`run-plan-${name}-80.txt`, renderPlan(plan, screen));
    });

  it('has each command of a dry run in a line of its own, whole', () => {
    const plan = plans['dry-run']!;
    const lines = renderPlan(plan, screen).split('\n');
    for (const command of plan.hosts[0]!.commands!) expect(lines).to.include(`    ${command}`);
    expect(lines.at(-1)).to.equal('● production  dry run: nothing was changed');
  });

  it('into a pipe breaks no line', () => {
    expectGolden('run-plan-dry-run-pipe.txt', renderPlan(plans['dry-run']!, pipe));
  });
});

describe('the report of a run on a screen', () => {
  for (const [name, report] of Object.entries(reports)) {
    it(`looks as it should: ${name}`, () => {
      const options = report.result === 'ok' ? { undoWith: stateBefore } : {};
      expectGolden(`run-report-${name}-80.txt`, renderRunReport(report, screen, options));
    });
  }

  it('looks as it should in a pipe, and in ASCII', () => {
    expectGolden('run-report-undone-pipe.txt', renderRunReport(reports['undone']!, pipe));
    expectGolden('run-report-undone-ascii.txt', renderRunReport(reports['undone']!, { ...screen, unicode: false }));
  });

  it('is the plan where nothing was to be done but planning', () => {
    expect(renderRunReport(plans['dry-run']!, screen)).to.equal(renderPlan(plans['dry-run']!, screen));
  });

  for (const width of [60, 80, 100, 120])
    it(`has no line wider than ${width} columns but those that are to be copied`, () => {
      const texts = [
        ...Object.values(plans).map((plan) => renderPlan(plan, { ...screen, width })),
        ...Object.values(reports).map((report) => renderRunReport(report, { ...screen, width })),
      ];
      const copied = /^(?: {4}(?:git|cd|ln|sudo) |the whole log: )/;
      const lines = texts.flatMap((text) => text.split('\n')).filter((line) => !copied.test(line));
      expect(lines.filter((line) => stringWidth(line) > width)).to.deep.equal([]);
    });

  it('says without colour all that it says with it, and lets no control character of a log through', () => {
    for (const report of Object.values(reports)) {
      const colored = renderRunReport(report, { ...screen, color: true });
      expect(stripVTControlCharacters(colored)).to.equal(renderRunReport(report, screen));
      expect(stripVTControlCharacters(colored).replaceAll('\n', '')).not.to.match(/\p{Cc}/u);
      expect(colored).not.to.include('\u001b[2J');
    }
  });

  it('fits all columns of the recap into 80 columns', () => {
    const [titles] = renderRunReport(reports['success']!, screen).split('\n');
    for (const title of ['SERVICE', 'RESULT', 'WAS', 'NOW', 'BUILT', 'RESTART', 'HEALTHY', 'TOOK'])
      expect(titles).to.include(title);
  });
});
