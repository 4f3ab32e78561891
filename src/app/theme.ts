"use client";

import {
  Alert,
  Anchor,
  Badge,
  Button,
  Card,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  Input,
  InputWrapper,
  Menu,
  Modal,
  NavLink,
  Paper,
  PasswordInput,
  Select,
  Skeleton,
  Title,
} from "@mantine/core";
import { calendars } from "./calendar-theme";
import { brick, clay, leaf, sand, slate, turmeric } from "./palette";

// docs/design.md explains every rule below.

/** Touch targets need 44 px, two more than Mantine's medium size. */
const heightOf = (size: unknown) => (size === "md" ? "2.75rem" : undefined);

const dialogTitle = { title: { fontSize: "1.25rem", fontWeight: 600 } };

/** The extended font comes first: its unicode-range limits it. The other variable includes its own fallback. */
const FONTS = "var(--font-figtree-extended), var(--font-figtree), system-ui, sans-serif";

/** The Mantine theme: palette, font sizes, spacing, radii and the defaults of components. */
export const theme = createTheme({
  colors: { leaf, turmeric, clay, brick, slate, gray: sand, red: brick },
  primaryColor: "leaf",
  primaryShade: 7,
  white: "#FFFFFF",
  black: "#1F2A24",
  fontFamily: FONTS,
  headings: {
    fontFamily: FONTS,
    fontWeight: "600",
    textWrap: "balance",
    sizes: {
      h1: { fontSize: "clamp(1.75rem, 1.5rem + 1.1vw, 2.125rem)", lineHeight: "1.2" },
      h2: { fontSize: "clamp(1.375rem, 1.25rem + 0.6vw, 1.625rem)", lineHeight: "1.25" },
      h3: { fontSize: "1.125rem", lineHeight: "1.35" },
      h4: { fontSize: "1rem", lineHeight: "1.4" },
      h5: { fontSize: "0.9375rem", lineHeight: "1.4" },
      h6: { fontSize: "0.875rem", lineHeight: "1.4" },
    },
  },
  fontSizes: {
    xs: "0.8125rem",
    sm: "0.875rem",
    md: "1rem",
    lg: "1.125rem",
    xl: "1.25rem",
  },
  lineHeights: { xs: "1.4", sm: "1.5", md: "1.6", lg: "1.6", xl: "1.5" },
  fontWeights: { regular: "400", medium: "550", bold: "650" },
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "14px", xl: "20px" },
  defaultRadius: "md",
  shadows: {
    xs: "none",
    sm: "none",
    md: "0 1px 2px rgba(56, 44, 20, 0.06), 0 10px 28px -8px rgba(56, 44, 20, 0.16)",
    lg: "0 1px 2px rgba(56, 44, 20, 0.06), 0 16px 40px -10px rgba(56, 44, 20, 0.2)",
    xl: "0 1px 2px rgba(56, 44, 20, 0.06), 0 24px 60px -12px rgba(56, 44, 20, 0.24)",
  },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Anchor: Anchor.extend({ defaultProps: { underline: "always" } }),
    Alert: Alert.extend({ defaultProps: { variant: "light", radius: "lg" } }),
    Badge: Badge.extend({ defaultProps: { variant: "light", radius: "xl" } }),
    Button: Button.extend({
      defaultProps: { size: "md" },
      vars: (_theme, { size }) => ({ root: { "--button-height": heightOf(size) } }),
    }),
    Card: Card.extend({ defaultProps: { radius: "lg", withBorder: true } }),
    Input: Input.extend({
      defaultProps: { size: "md" },
      vars: (_theme, { size }) => ({ wrapper: { "--input-height": heightOf(size) } }),
    }),
    InputWrapper: InputWrapper.extend({
      styles: {
        label: { marginBottom: "0.25rem" },
        description: { fontSize: "0.875rem", lineHeight: 1.45, marginBottom: "0.25rem" },
        error: { fontSize: "0.875rem", lineHeight: 1.45 },
      },
    }),
    // Drawer and Modal render a <header>. Without this role it would be a second banner landmark.
    Drawer: Drawer.extend({
      defaultProps: {
        attributes: { header: { role: "presentation" } },
        closeButtonProps: { "aria-label": "Close", size: "lg" },
      },
      styles: dialogTitle,
    }),
    PasswordInput: PasswordInput.extend({
      defaultProps: { visibilityToggleButtonProps: { "aria-label": "Show or hide the password" } },
    }),
    // The list of options scrolls itself, because Mantine's scroll area cannot be reached by keyboard.
    Select: Select.extend({
      defaultProps: { withScrollArea: false },
      styles: { options: { maxHeight: "17rem", overflowY: "auto" } },
    }),
    // Mantine's placeholder for the initial focus is not a menu item, so the first item gets the focus.
    Menu: Menu.extend({
      defaultProps: { withInitialFocusPlaceholder: false },
      styles: { item: { minHeight: "2.75rem", fontSize: "1rem" } },
    }),
    NavLink: NavLink.extend({ styles: { label: { fontSize: "1rem" } } }),
    ...calendars,
    Modal: Modal.extend({
      defaultProps: {
        radius: "lg",
        centered: true,
        padding: "lg",
        attributes: { header: { role: "presentation" } },
        closeButtonProps: { "aria-label": "Close", size: "lg" },
      },
      styles: dialogTitle,
    }),
    Paper: Paper.extend({ defaultProps: { radius: "lg" } }),
    Skeleton: Skeleton.extend({ defaultProps: { radius: "md" } }),
    Title: Title.extend({ defaultProps: { order: 2 } }),
  },
});

/** CSS variables: the app's own, and Mantine's text and tint colours set to the pairs measured in docs/design.md. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {
    "--am-paper": sand[0],
    "--am-sand-1": sand[1],
    "--am-sand-2": sand[2],
    "--am-line": sand[3],
    "--am-line-strong": sand[4],
    "--am-ink": sand[9],
    "--am-ink-2": sand[7],
    "--am-content": "70rem",
  },
  light: {
    "--mantine-color-body": sand[0],
    "--mantine-color-text": sand[9],
    "--mantine-color-dimmed": sand[7],
    "--mantine-color-placeholder": sand[6],
    "--mantine-color-error": brick[6],
    "--mantine-color-anchor": leaf[7],
    "--mantine-color-default-border": sand[4],
    "--mantine-color-disabled": sand[1],
    "--mantine-color-disabled-color": sand[7],
    "--mantine-color-disabled-border": sand[3],
    "--mantine-color-turmeric-light": turmeric[0],
    "--mantine-color-turmeric-light-color": turmeric[7],
    "--mantine-color-clay-light": clay[0],
    "--mantine-color-clay-light-color": clay[7],
    "--mantine-color-brick-light": brick[0],
    "--mantine-color-brick-light-color": brick[7],
    "--mantine-color-slate-light": slate[0],
    "--mantine-color-slate-light-color": slate[7],
    "--mantine-color-leaf-light": leaf[0],
    "--mantine-color-leaf-light-hover": leaf[1],
    "--mantine-color-leaf-light-color": leaf[7],
  },
  dark: {},
});
