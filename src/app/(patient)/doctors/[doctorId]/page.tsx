import type { Metadata } from "next";
import { PageContainer } from "@/app/_components/PageContainer";
import { getSession } from "@/app/_trpc/server";
import { BookTime } from "./_components/BookTime";
import { DoctorAbout, DoctorHead } from "./_components/DoctorHead";
import { PickedSlot } from "./_components/PickedSlot";
import { loadDoctor } from "./load";

type Props = PageProps<"/doctors/[doctorId]">;

const load = async (props: Props) => loadDoctor((await props.params).doctorId);

export async function generateMetadata(props: Props): Promise<Metadata> {
  const doctor = await load(props);
  return {
    title: doctor.name,
    description: `${doctor.name}, ${doctor.specializations.join(", ")}. Free times and fee.`,
  };
}

/** The page of a doctor, with their slots. `slot` and `day` restore a choice after sign-in. */
export default async function DoctorPage(props: Props) {
  const [doctor, viewer, params] = await Promise.all([
    load(props),
    getSession(),
    props.searchParams,
  ]);
  const text = (name: string) => [params[name]].flat()[0] ?? null;
  return (
    <PageContainer>
      <PickedSlot>
        <DoctorHead doctor={doctor} />
        <DoctorAbout doctor={doctor} />
        <BookTime
          doctor={doctor}
          role={viewer?.role ?? null}
          chosen={text("slot")}
          day={text("day")}
        />
      </PickedSlot>
    </PageContainer>
  );
}
