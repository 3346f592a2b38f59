/** The weir: water over piles. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.6}
      aria-hidden="true"
    >
      <path d="M1 6c3 0 3 2 6 2s3-2 6-2 3 2 6 2" />
      <path d="M4 11v7M10 11v7M16 11v7" stroke="var(--water)" />
    </svg>
  );
}
