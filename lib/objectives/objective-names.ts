// Owns the names of the objectives. Loads none of them.

/** What learns from clips alone; the first is the default. */
export const pretrainingNames = ['reconstruction'] as const;

/** The objectives that there are. */
export const objectiveNames = [...pretrainingNames, 'classification'] as const;

/** The name of an objective. */
export type ObjectiveName = (typeof objectiveNames)[number];
/** One of {@link pretrainingNames}. */
export type PretrainingName = (typeof pretrainingNames)[number];
