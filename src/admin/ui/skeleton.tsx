/** The place of something that is still being loaded. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div role="status" className="space-y-2.5">
      <span className="sr-only">Loading …</span>
      {Array.from({ length: lines }, (_, line) => (
        <div
          // Lines are alike, and never change places.
          key={line}
          className={`h-4 animate-pulse rounded-sm bg-hover ${line % 3 === 2 ? 'w-2/3' : 'w-full'}`}
        />
      ))}
    </div>
  )
}
