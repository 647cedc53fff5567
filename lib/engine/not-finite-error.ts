// Owns the error of a training step whose loss or gradient is no number. Knows no engine.
import type { StepReport } from './engine.js';

/** What `run` of a step rejects with before anything is changed. */
export class NotFiniteError extends Error {
  override readonly name = 'NotFiniteError';
  /** What the step came to. */
  readonly report: StepReport;

  constructor(report: StepReport, where: string) {
    super(
      `${where}: the loss is ${report.loss} and the norm of its gradient ${report.gradientNorm}; nothing was changed`,
    );
    this.report = report;
  }
}

/**
 * The report of a step, if it is one.
 * @param where what is said in front of the message, such as `step 12 of conv reconstruction`
 * @throws {NotFiniteError} where the loss or the norm is NaN or infinite.
 */
export function checkFinite(report: StepReport, where: string): StepReport {
  if (Number.isFinite(report.loss) && Number.isFinite(report.gradientNorm)) return report;
  throw new NotFiniteError(report, where);
}
