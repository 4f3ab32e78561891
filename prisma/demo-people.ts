/** The people of the demo: invented, and told apart by name, field, languages, fee and hours. */
const WOMEN =
  "Asha Meera Kavya Ananya Priya Lakshmi Nandini Farida Ritu Sunita Devika Ishani Zoya Tara".split(
    " ",
  );
const MEN =
  "Arjun Rohan Vikram Imran Karthik Sanjay Nikhil Dev Thomas Harish Aditya Gopal Samir Joseph".split(
    " ",
  );
const FAMILIES =
  "Menon Iyer Sharma Khan Reddy Nair Banerjee Patel Joshi Kulkarni Fernandes Rao Gupta Das Pillai Shetty Bose".split(
    " ",
  );

/** What each field of medicine tells a patient, in the doctor's own words. */
const FIELDS: Array<[specializations: string[], bio: string]> = [
  [
    ["General Medicine"],
    "I look after fevers, infections, long-running conditions and the questions in between. Bring your reports; we will go through them together.",
  ],
  [
    ["Ayurveda", "General Medicine"],
    "I combine classical Ayurveda with modern diagnostics, mostly for digestion, sleep and long-standing pain, and say plainly when you need another doctor.",
  ],
  [
    ["Dermatology"],
    "Skin, hair and nails. Photographs in daylight help me see what you see; most first plans are simple and inexpensive.",
  ],
  [
    ["Paediatrics"],
    "From newborn worries to teenage health. I take time to explain, and I am glad when your child joins the call.",
  ],
  [
    ["Gynaecology"],
    "Periods, pregnancy, contraception and menopause, without hurry and without judgement.",
  ],
  [
    ["Psychiatry"],
    "Anxiety, low mood, sleep and attention. The first consultation is mostly listening; medicines are only one of the ways forward.",
  ],
  [
    ["Cardiology", "General Medicine"],
    "Blood pressure, cholesterol and heart symptoms. Chest pain right now belongs in an emergency room, not in a video call.",
  ],
  [
    ["Orthopaedics"],
    "Backs, knees, shoulders and sports injuries. Many of them heal with the right exercises, which I show on the call.",
  ],
  [
    ["Ear, Nose and Throat"],
    "Sinus trouble, hearing, voice and vertigo. I will tell you when an examination in person is needed.",
  ],
  [
    ["Endocrinology"],
    "Diabetes, thyroid and hormones. We set targets that fit your days and adjust them step by step.",
  ],
  [
    ["Gastroenterology"],
    "Acidity, bowels and liver. A food and symptom diary of one week is the best thing you can bring.",
  ],
  [
    ["Nutrition", "Ayurveda"],
    "Eating for your condition, your kitchen and your budget, with seasonal Indian food first.",
  ],
];
const LANGUAGES = [
  "Hindi",
  "Malayalam",
  "Tamil",
  "Kannada",
  "Bengali",
  "Marathi",
  "Telugu",
  "Gujarati",
];

export type DemoDoctor = {
  name: string;
  gender: "female" | "male";
  specializations: string[];
  languages: string[];
  yearsOfExperience: number;
  /** Minor units. */
  feeAmount: number;
  registrationNumber: string;
  council: string;
  registrationExpiresOn: Date;
  bio: string;
  slotMinutes: number;
};

const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

/** The n-th doctor: the same one each time, so that a demo can be spoken of. */
export function demoDoctor(n: number): DemoDoctor {
  const female = n % 2 === 0;
  const [specializations, bio] = pick(FIELDS, n * 5 + 1);
  const yearsOfExperience = 3 + ((n * 7) % 29);
  return {
    name: `Dr. ${pick(female ? WOMEN : MEN, n >> 1)} ${pick(FAMILIES, n * 3)}`,
    gender: female ? "female" : "male",
    specializations,
    bio,
    languages: ["English", ...new Set([pick(LANGUAGES, n), pick(LANGUAGES, n * 3 + 1)])],
    yearsOfExperience,
    feeAmount: (300 + ((n * 13) % 8) * 50 + Math.floor(yearsOfExperience / 5) * 100) * 100,
    registrationNumber: `DEMO-${String(10_001 + n)}`,
    council: "Demo Medical Council",
    registrationExpiresOn: new Date(Date.UTC(2099, 11, 31)),
    slotMinutes: pick([20, 30, 30, 15], n),
  };
}
