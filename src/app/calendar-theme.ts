import { DatePicker, DatePickerInput } from "@mantine/dates";

/** Labels for the calendar's buttons, which show only an arrow. */
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

/** The theme of the calendar components. */
export const calendars = {
  DatePicker: DatePicker.extend({ defaultProps: { ariaLabels } }),
  DatePickerInput: DatePickerInput.extend({ defaultProps: { ariaLabels } }),
};
