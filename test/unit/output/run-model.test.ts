import { expect } from 'chai';
import type { RunEvent } from '../../../src/lib/deploy/events.js';
import {
  advance,
  finish,
  newRun,
  withoutPast,
  type PhaseEntry,
  type RunModel,
} from '../../../src/lib/output/run/run-model.js';
import type { ServiceProgress } from '../../../src/lib/holder/outcomes.js';

const host = 'one';

function after(...events: RunEvent[]): RunModel {
  return events.reduce((model, event, index) => advance(model, event, index * 1000), newRun([host]));
}

function phase(name: PhaseEntry['phase'], state: 'began' | 'ended' | 'failed', detail?: string): RunEvent {
  return { type: 'phase', host, phase: name, state, ...(detail !== undefined && { detail }) };
}

function service(name: string, step: ServiceProgress['step'], undoing = false, detail = ''): RunEvent {
  return { type: 'service', host, progress: { name, step, detail, undoing } };
}

const phases = (model: RunModel): PhaseEntry[] =>
  model.hosts.flatMap(({ entries }) => entries.filter((entry) => entry.type === 'phase'));

describe('how far a run is', () => {
  it('has the parts of the run in their order, each with its times', () => {
    const [look, lock] = phases(after(phase('look', 'began'), phase('look', 'ended'), phase('lock', 'began')));
    expect(look).to.include({ phase: 'look', state: 'ended', began: 0, ended: 1000 });
    expect(lock).to.include({ phase: 'lock', state: 'running', began: 2000, ended: undefined });
  });

  it('forgets a second look at the host once it is over, but not that it failed', () => {
    const second = [phase('look', 'began'), phase('look', 'ended'), phase('look', 'began')];
    expect(phases(after(...second))).to.have.length(2);
    expect(phases(after(...second))[1]).to.include({ again: true });
    expect(phases(after(...second, phase('look', 'ended')))).to.have.length(1);
    const failed = phases(after(...second, phase('look', 'failed', 'no answer')));
    expect(failed[1]).to.include({ state: 'failed', detail: 'no answer' });
  });

  it('knows of each service what it is waited for, and since when', () => {
    const model = after(phase('switch', 'began'), service('a', 'restarting'), service('a', 'checking'));
    expect(phases(model)[0]?.items).to.deep.equal([
      { name: 'a', step: 'checking', detail: '', began: 1000, since: 2000 },
    ]);
  });

  it('knows of each build whether it is done', () => {
    const build = (name: string, state: 'began' | 'ended' | 'failed'): RunEvent => ({
      type: 'build',
      host,
      name,
      state,
    });
    const model = after(phase('build', 'began'), build('a', 'began'), build('b', 'began'), build('a', 'ended'));
    expect(phases(model)[0]?.items.map(({ name, step }) => [name, step])).to.deep.equal([
      ['a', 'built'],
      ['b', 'building'],
    ]);
  });

  it('puts a note above what is under way', () => {
    const note: RunEvent = { type: 'note', host, tone: 'caution', text: 'waiting' };
    const [entries] = after(phase('look', 'began'), phase('look', 'ended'), phase('lock', 'began'), note).hosts.map(
      (one) => one.entries.map((entry) => (entry.type === 'note' ? entry.text : entry.phase)),
    );
    expect(entries).to.deep.equal(['look', 'waiting', 'lock']);
  });

  it('says that a switch failed where it was taken back in part', () => {
    const undo = [phase('undo', 'began'), service('a', 'well', true), service('b', 'failed', true, 'no answer')];
    expect(phases(after(...undo, phase('undo', 'ended')))[0]?.state).to.equal('failed');
  });

  describe('of a run that is stopped, whose host takes back the switch by itself', () => {
    const stopped = [
      phase('switch', 'began'),
      service('a', 'checking'),
      service('a', 'restarting', true),
      service('a', 'well', true),
    ];

    it('has a part for that, and the switch has stopped', () => {
      expect(phases(after(...stopped)).map((entry) => [entry.phase, entry.state])).to.deep.equal([
        ['switch', 'stopped'],
        ['undo', 'running'],
      ]);
    });

    it('takes in that the switch failed, which is told last', () => {
      const [entry] = phases(after(...stopped, phase('switch', 'failed', 'the run was stopped')));
      expect(entry).to.include({ state: 'failed', detail: 'the run was stopped', ended: 2000 });
    });

    it('is done with taking back where each service is well in the end', () => {
      expect(phases(finish(after(...stopped), 9000))[1]).to.include({ state: 'ended', ended: 9000 });
      expect(phases(finish(after(...stopped.slice(0, 3)), 9000))[1]).to.include({ state: 'stopped' });
    });
  });

  it('can drop what is over, where that stands on the screen already', () => {
    const model = withoutPast(after(phase('look', 'began'), phase('look', 'ended'), phase('lock', 'began')));
    expect(phases(model).map((entry) => entry.phase)).to.deep.equal(['lock']);
    expect(phases(advance(model, phase('look', 'began'), 5000))[1]).to.include({ again: true });
  });
});
