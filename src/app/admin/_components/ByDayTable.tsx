"use client";

import { Accordion, Table } from "@mantine/core";
import type { Summary } from "@/server/analytics/schema";
import { formatCalendarDay, formatCount, formatMoney } from "../../_components/format";
import classes from "./ByDayTable.module.css";

/** The numbers of the charts as a table. */
export function ByDayTable({ days }: { days: Summary["byDay"] }) {
  return (
    <Accordion variant="contained" radius="lg" mt="md" className={classes.table}>
      <Accordion.Item value="table">
        <Accordion.Control>The same days as a table</Accordion.Control>
        <Accordion.Panel>
          <Table.ScrollContainer
            minWidth={420}
            type="native"
            tabIndex={0}
            role="region"
            aria-label="Table of days"
          >
            <Table className="numeric">
              <Table.Caption>Bookings, consultations and net revenue by day</Table.Caption>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">Day</Table.Th>
                  <Table.Th scope="col">Bookings</Table.Th>
                  <Table.Th scope="col">Consultations</Table.Th>
                  <Table.Th scope="col">Net revenue</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {days.map(({ date, bookings, consultations, revenue }) => (
                  <Table.Tr key={date}>
                    <Table.Th scope="row">{formatCalendarDay(date, "date")}</Table.Th>
                    <Table.Td>{formatCount(bookings)}</Table.Td>
                    <Table.Td>{formatCount(consultations)}</Table.Td>
                    <Table.Td>{formatMoney(revenue)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
