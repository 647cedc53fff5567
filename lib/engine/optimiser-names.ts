// Owns the names of optimisers. Loads nothing, so that options can be checked early.

/** All optimisers. */
export const optimiserNames = ['adamw', 'muon'] as const;

/** How parameters are updated: all alike by AdamW, or inner matrices by Muon and the others by AdamW. */
export type OptimiserName = (typeof optimiserNames)[number];
