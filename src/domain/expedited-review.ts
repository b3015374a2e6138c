/** Days after its merge at which somebody looks back at an expedited change. */
export const REVIEW_DAYS = 7;
