import fc from 'fast-check';

// In CI the same inputs every time: a run that fails fails again. By hand each run looks further, and fast-check prints the seed of a failure.
fc.configureGlobal({ seed: Number(process.env.COUNTERSIGN_SEED ?? 1) });
