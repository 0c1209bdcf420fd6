/** Drawings of 24 × 24, in strokes: our own set, so that nothing is fetched for them. */
const drawings = {
  overview: 'M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z',
  upload: 'M12 16V4M7 9l5-5 5 5M4 16v4h16v-4',
  download: 'M12 4v12M7 11l5 5 5-5M4 20h16',
  imports: 'M4 5h16M4 10h16M4 15h10M4 20h7M17 14v7M14 18l3 3 3-3',
  suppliers: 'M4 21V9l8-5 8 5v12M9 21v-6h6v6M4 21h16',
  items: 'M12 3 4 7v10l8 4 8-4V7zM4 7l8 4 8-4M12 11v10',
  jobs: 'M12 4a8 8 0 1 0 8 8M12 8v4l3 2M16 3l4 1-1 4',
  dead: 'M12 3 2 20h20zM12 10v4M12 17v.5',
  schedules: 'M4 6h16v14H4zM4 10h16M8 3v4M16 3v4',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l5 5',
  close: 'M6 6l12 12M18 6 6 18',
  menu: 'M4 6h16M4 12h16M4 18h16',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  check: 'm5 12 5 5 9-11',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  code: 'm8 7-5 5 5 5M16 7l5 5-5 5',
  left: 'm15 5-7 7 7 7',
  right: 'm9 5 7 7-7 7',
  down: 'm5 9 7 7 7-7',
  up: 'm5 15 7-7 7 7',
  retry: 'M20 12a8 8 0 1 1-2.5-5.8M20 3v5h-5',
  plus: 'M12 5v14M5 12h14',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  pin: 'M9 3h6l-1 7 4 3v2H6v-2l4-3zM12 15v6',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 4v16l13-8z',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  user: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 21c1-4 4-6 8-6s7 2 8 6',
  key: 'M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8M11 12l9-9M16 7l3 3',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5 19 19M19 5l-1.5 1.5M6.5 17.5 5 19',
  moon: 'M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10',
  leave: 'M14 4h6v16h-6M4 12h11M11 8l4 4-4 4',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v6M12 7.5v.5',
  warning: 'M12 3 2 20h20zM12 10v4M12 17v.5',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  history: 'M4 12a8 8 0 1 0 2.5-5.8M4 3v5h5M12 8v5l3 2',
  filter: 'M3 5h18l-7 8v6l-4 2v-8z',
} as const
export type IconName = keyof typeof drawings

/** A drawing beside words, or in a button that has a name of its own: readers of the screen do not hear of it. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="shrink-0"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 3 : 1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={drawings[name]} />
    </svg>
  )
}
