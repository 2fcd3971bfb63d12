import type { RunEvent } from '../events.ts';
import type { LifeRecord } from '../life.ts';
import type { MeasurementRecord, RunReport, StepRecord, VmRecord } from '../schema.ts';

type FileStep = RunReport['fileSteps'][number];

interface OfTest {
  readonly steps: StepRecord[];
  readonly measurements: MeasurementRecord[];
  readonly vms: Set<string>;
}

/** Collects the events of a run by what they belong to: a test, a file, a machine. */
export class EventRecorder {
  readonly fileSteps: FileStep[] = [];
  readonly #startedAt: number;
  readonly #tests = new Map<string, OfTest>();
  readonly #openSteps = new Map<string, StepRecord>();
  readonly #vms = new Map<string, VmRecord>();
  readonly #lives = new Map<string, readonly LifeRecord[]>();
  exhaustiveUsed = false;

  /** @param startedAt start of the run, in milliseconds since the epoch. */
  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  get vms(): readonly VmRecord[] {
    return [...this.#vms.values()];
  }

  get lives(): readonly LifeRecord[] {
    return [...this.#lives.values()].flat();
  }

  vm(id: string): VmRecord | undefined {
    return this.#vms.get(id);
  }

  ofTest(test: string): OfTest {
    const known = this.#tests.get(test) ?? { steps: [], measurements: [], vms: new Set() };
    this.#tests.set(test, known);
    return known;
  }

  record(event: RunEvent): void {
    switch (event.kind) {
      case 'step-started':
        this.#startStep(event);
        return;
      case 'step-ended': {
        const step = this.#openSteps.get(event.step);
        if (step !== undefined) Object.assign(step, { durationMs: event.durationMs, error: event.error });
        this.#openSteps.delete(event.step);
        return;
      }
      case 'measurement':
        if (event.test !== null) {
          const { name, unit, samples } = event;
          this.ofTest(event.test).measurements.push({ name, unit, samples });
        }
        return;
      case 'vm-used':
        if (event.test !== null) this.ofTest(event.test).vms.add(event.vm);
        return;
      case 'vm-evidence': {
        const { vm: id, target, directory, files, consoleTail, memory } = event;
        this.#vms.set(id, { id, target, directory, files, consoleTail, ...(memory && { memory }) });
        return;
      }
      case 'vm-lived': {
        const { vm, target } = event;
        const lives = event.lives.map(({ startedAt, ...life }) => ({
          ...{ vm, target, startMs: Math.max(0, startedAt - this.#startedAt) },
          ...life,
        }));
        this.#lives.set(vm, lives);
        return;
      }
      case 'exhaustive-used':
        this.exhaustiveUsed = true;
        return;
      case 'test-started':
      case 'progress':
      case 'notice':
      case 'limitation':
      case 'console':
      case 'held':
      case 'released':
        return;
    }
  }

  #startStep(event: Extract<RunEvent, { kind: 'step-started' }>): void {
    const startMs = Math.max(0, event.at - this.#startedAt);
    const step: StepRecord = { name: event.name, startMs, durationMs: null, error: null };
    this.#openSteps.set(event.step, step);
    if (event.test !== null) this.ofTest(event.test).steps.push(step);
    else {
      const fileStep: FileStep = Object.assign(step, { file: event.file, target: event.target });
      this.fileSteps.push(fileStep);
    }
  }
}
