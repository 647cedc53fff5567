// Owns the names of the objectives. Loads none of them.

/** The objectives that there are; the first is the default. */
export const objectiveNames = ['reconstruction'] as const;

/** The name of an objective. */
export type ObjectiveName = (typeof objectiveNames)[number];
