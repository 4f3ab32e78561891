import type { MantineColorsTuple } from "@mantine/core";

// docs/design.md explains the palette.

export const leaf: MantineColorsTuple = [
  "#EEF5EF",
  "#DCEADF",
  "#BAD6C3",
  "#93BCA3",
  "#699D80",
  "#458063",
  "#2C684D",
  "#1F5640",
  "#174533",
  "#0F3326",
];

export const turmeric: MantineColorsTuple = [
  "#FDF5E3",
  "#FAE8C0",
  "#F4D490",
  "#ECBB5C",
  "#E3A33A",
  "#CB8621",
  "#9C6615",
  "#80510F",
  "#663F0A",
  "#4C2E06",
];

export const clay: MantineColorsTuple = [
  "#FBEFEA",
  "#F6DCD2",
  "#EBBDAD",
  "#DE9A82",
  "#CF775A",
  "#BF5B3A",
  "#A94A2B",
  "#8C3B20",
  "#702E18",
  "#542211",
];

export const brick: MantineColorsTuple = [
  "#FBEDEB",
  "#F7D9D5",
  "#EEB5AE",
  "#E28C82",
  "#D3645A",
  "#C44A3F",
  "#B3362C",
  "#962A21",
  "#7A2019",
  "#5C1711",
];

export const slate: MantineColorsTuple = [
  "#EEF1F4",
  "#DFE5EA",
  "#C3CDD6",
  "#A3B1BE",
  "#8293A3",
  "#66798B",
  "#506579",
  "#3D5166",
  "#2E3F50",
  "#212E3B",
];

/** Replaces Mantine's grey, so that borders and hover colours of all components are warm too. */
export const sand: MantineColorsTuple = [
  "#FBF8F1",
  "#F4EEE2",
  "#EAE2D2",
  "#E0D7C5",
  "#8F8672",
  "#7A725F",
  "#6B6656",
  "#56605A",
  "#38433D",
  "#1F2A24",
];
