/** Small pictures beside words. None of them stands alone without a label. */

const SHAPES = {
  account: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 20c1-4 4-6 8-6s7 2 8 6",
  bell: "M6 16V11a6 6 0 1 1 12 0v5l2 2H4ZM10 20h4",
  card: "M3 6h18v12H3ZM3 10h18M7 15h4",
  chart: "M4 20V4M4 20h16M8 16v-5M12 16V8M16 16v-3",
  check: "M5 12l5 5L20 7",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7v5l3 3",
  close: "M6 6l12 12M18 6L6 18",
  coins: "M12 4c4 0 7 1 7 3s-3 3-7 3-7-1-7-3 3-3 7-3ZM5 7v5c0 2 3 3 7 3s7-1 7-3V7M5 12v5c0 2 3 3 7 3s7-1 7-3v-5",
  columns: "M4 5h16v14H4ZM10 5v14M15 5v14",
  download: "M12 4v11M7 11l5 5 5-5M4 20h16",
  flow: "M12 3v6M12 9L6 15M12 9l6 6M4 15h4v5H4ZM16 15h4v5h-4Z",
  group: "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM2 19c1-4 4-5 7-5s6 1 7 5M16 5a3 3 0 0 1 0 6M18 14c2 .500 3.500 2 4 5",
  hash: "M9 4L7 20M17 4l-2 16M4 9h17M3 15h17",
  headset: "M4 14v-2a8 8 0 0 1 16 0v2M4 14h4v6H6a2 2 0 0 1-2-2ZM20 14h-4v6h2a2 2 0 0 0 2-2Z",
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4Z",
  key: "M8 16a4 4 0 1 1 3.500-6H21v4h-2v2h-3v-2h-4.500A4 4 0 0 1 8 16Z",
  mail: "M3 6h18v12H3ZM3 7l9 7 9-7",
  menu: "M4 7h16M4 12h16M4 17h16",
  microphone: "M12 3a3 3 0 0 1 3 3v6a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM6 11a6 6 0 0 0 12 0M12 17v4",
  moon: "M20 14A8 8 0 1 1 10 4a7 7 0 0 0 10 10Z",
  outside: "M14 4h6v6M20 4l-9 9M10 5H5v14h14v-5",
  phone: "M6 3h4l2 5-3 2a11 11 0 0 0 5 5l2-3 5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2Z",
  play: "M7 4l13 8-13 8Z",
  plug: "M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0ZM12 17v4",
  pulse: "M3 12h4l3-8 4 16 3-8h4",
  queue: "M4 6h10M4 12h10M4 18h10M18 5v14M15 16l3 3 3-3",
  robot: "M5 9h14v10H5ZM12 5v4M9 13v2M15 13v2M12 3.500v1",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM16 16l5 5",
  speaker: "M4 9h4l5-4v14l-5-4H4ZM16 9a4 4 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11",
  stop: "M6 6h12v12H6Z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2",
  undo: "M9 8H4V3M4 8c2-3 5-4 8-4a8 8 0 1 1-8 10",
  upload: "M12 15V4M7 8l5-5 5 5M4 20h16",
  warning: "M12 4L2.500 20h19ZM12 10v5M12 17v1",
} as const;

export type IconName = keyof typeof SHAPES;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={SHAPES[name]} />
    </svg>
  );
}
