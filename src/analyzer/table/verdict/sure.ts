/** Below this, a decision about a chief field is a guess that a person should look at. */
export const sureMin = 0.6
