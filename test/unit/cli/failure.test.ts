import { Errors } from '@oclif/core';
import { expect } from 'chai';
import { describeFailure, wantsJson } from '../../../src/cli/failure.js';
import { PakaError, UsageError } from '../../../src/lib/errors.js';

describe('describing a failure', () => {
  it('tells what paka knows: message, hint, exit code', () => {
    const error = new PakaError('the host is full', { hint: 'Delete something.', exitCode: 5 });
    expect(describeFailure(error, [])).to.deep.equal({
      message: 'the host is full',
      hint: 'Delete something.',
      exitCode: 5,
    });
    expect(describeFailure(new UsageError('no such name'), []).exitCode).to.equal(2);
  });

  it("takes oclif's errors for what they are: a wrong call", () => {
    const failure = describeFailure(new Errors.CLIError('Nonexistent flag: --x\nSee more help with --help'), [
      'status',
    ]);
    expect(failure).to.deep.equal({
      message: 'Unknown flag: --x',
      hint: 'paka status --help shows what it takes.',
      exitCode: 2,
    });
  });

  it('calls anything else a defect, without a stack trace', () => {
    const failure = describeFailure(new TypeError('x is not a function'), ['status']);
    expect(failure.message).to.equal('paka failed in a way it should not: x is not a function');
    expect(failure.hint).not.to.match(/\n\s+at /);
    expect(failure.exitCode).to.equal(1);
  });

  it('copes with what is no error at all', () => {
    expect(describeFailure('surprise', []).message).to.include('surprise');
    expect(describeFailure(undefined, []).message).to.include('undefined');
  });
});

describe('asking for JSON', () => {
  it('is a --json before any --', () => {
    expect(wantsJson(['status', '--json'])).to.equal(true);
    expect(wantsJson(['status', '--', '--json'])).to.equal(false);
    expect(wantsJson(['status'])).to.equal(false);
  });
});
