import {
  IconBabyCarriage,
  IconBone,
  IconBrain,
  IconDental,
  IconDroplet,
  IconEar,
  IconEye,
  IconGenderFemale,
  IconHeartbeat,
  IconLeaf,
  IconLungs,
  IconMoodHeart,
  IconRibbonHealth,
  IconSalad,
  IconStethoscope,
  type TablerIcon,
} from "@tabler/icons-react";

const BY_WORD: [RegExp, TablerIcon][] = [
  [/ayurved|unani|homeo|siddha/i, IconLeaf],
  [/derma|skin/i, IconDroplet],
  [/cardio|heart/i, IconHeartbeat],
  [/p(a)?ediatric|child/i, IconBabyCarriage],
  [/psych|mental/i, IconMoodHeart],
  [/neuro/i, IconBrain],
  [/ortho|bone|rheuma/i, IconBone],
  [/gyn(a)?ec|obstet|women/i, IconGenderFemale],
  [/\bent\b|ear|otorhino/i, IconEar],
  [/ophthal|eye/i, IconEye],
  [/dent/i, IconDental],
  [/pulmo|chest|respir/i, IconLungs],
  [/nutri|diet|gastro/i, IconSalad],
  [/onco|cancer/i, IconRibbonHealth],
];

/** Chooses an icon by the words in a specialization's name. The default is a stethoscope. */
export function SpecializationIcon({ name, size = 24 }: { name: string; size?: number }) {
  const Icon = BY_WORD.find(([word]) => word.test(name))?.[1] ?? IconStethoscope;
  return <Icon size={size} stroke={1.6} aria-hidden />;
}
