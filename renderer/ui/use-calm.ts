import { useEffect, useRef, useState } from 'react';

/** No person reads faster. */
const CALM_MS = 250;

/** The value, but changing at most four times a second; the last one always comes. */
export function useCalm<T>(value: T): T {
  const [shown, setShown] = useState(value);
  const changedAt = useRef(0);
  useEffect(() => {
    if (value === shown) return;
    const wait = Math.max(0, changedAt.current + CALM_MS - performance.now());
    const timer = setTimeout(() => {
      changedAt.current = performance.now();
      setShown(value);
    }, wait);
    return () => clearTimeout(timer);
  }, [value, shown]);
  return shown;
}
