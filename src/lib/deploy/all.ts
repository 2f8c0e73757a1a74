/** Does the same on all hosts at once; waits for all, and throws the first failure. */
export async function all<Run>(runs: readonly Run[], work: (run: Run) => Promise<unknown>): Promise<void> {
  const outcomes = await Promise.allSettled(runs.map(work));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
