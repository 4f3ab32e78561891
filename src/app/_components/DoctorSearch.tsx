"use client";

import { Button, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import type { FormEvent } from "react";
import classes from "./DoctorSearch.module.css";

/** The search form of the home page. It leads to the list of doctors, also without JavaScript. */
export function DoctorSearch() {
  const router = useRouter();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const q = String(new FormData(event.currentTarget).get("q")).trim();
    router.push(q ? `/doctors?q=${encodeURIComponent(q)}` : "/doctors");
  }

  return (
    <search>
      <form className={classes.form} action="/doctors" onSubmit={submit}>
        <TextInput
          name="q"
          type="search"
          size="lg"
          variant="unstyled"
          className={classes.input}
          label="Doctor or specialization"
          placeholder="For example dermatology"
          leftSection={<IconSearch size={22} aria-hidden />}
          leftSectionWidth={32}
          styles={{ section: { justifyContent: "flex-start" } }}
          maxLength={100}
          enterKeyHint="search"
        />
        <Button type="submit" size="lg" className={classes.button}>
          Find doctors
        </Button>
      </form>
    </search>
  );
}
