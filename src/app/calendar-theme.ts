import { DatePicker, DatePickerInput } from "@mantine/dates";

/** Names for the calendar's buttons, which show an arrow only. */
const ariaLabels = {
  previousMonth: "Month before",
  nextMonth: "Month after",
  previousYear: "Year before",
  nextYear: "Year after",
  previousDecade: "Ten years before",
  nextDecade: "Ten years after",
  monthLevelControl: "Choose another month",
  yearLevelControl: "Choose another year",
};

/** The part of the theme that calendars need. */
export const calendars = {
  DatePicker: DatePicker.extend({ defaultProps: { ariaLabels } }),
  DatePickerInput: DatePickerInput.extend({ defaultProps: { ariaLabels } }),
};
