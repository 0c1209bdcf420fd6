/**
 * The addresses of the pages, as the router in the browser and the server know them. Only what stands here is
 * answered with the page, so that nothing of the API, of health or of Swagger is ever hidden behind it.
 */
export const pagePaths = [
  '/',
  '/upload',
  '/imports',
  '/imports/:id',
  '/imports/:id/correct',
  '/suppliers',
  '/suppliers/:id',
  '/sources/:id',
  '/items',
  '/items/:id',
  '/jobs',
  '/jobs/:id',
  '/dead-letters',
  '/schedules',
  '/settings',
  '/settings/:section',
  '/sign-in',
  '/setup',
] as const
export type PagePath = (typeof pagePaths)[number]
