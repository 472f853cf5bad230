import { createTheme } from "@mantine/core";

/** How components behave everywhere. Colors are in the style sheet beside. */
export const theme = createTheme({
  cursorType: "pointer",
  components: {
    // Locking the scroll bar writes a style into the page, which its policy forbids.
    // Named only: what is not shown at first is not loaded at first.
    Modal: { defaultProps: { lockScroll: false } },
  },
});
