// One's own account: the name that others see, and the password.
import { zodResolver } from "@hookform/resolvers/zod";
import { useMemo } from "react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { isProblem } from "@/api/problem";
import { useChangeMeMutation } from "@/api/sessions";
import type { Person } from "@/api/types";
import { useToast } from "@/components/Toasts";
import { FormField } from "@/forms/FormField";
import { useRefusals } from "@/forms/useRefusals";
import { FormSection, Group } from "./Section";

export const shortestPassword = 10;

export interface AccountWords {
  name: string;
  current: string;
  short: string;
  differs: string;
}

export function passwordSchema(asksCurrent: boolean, words: AccountWords) {
  return z
    .object({
      current: z.string().refine((text) => !asksCurrent || text.length > 0, words.current),
      new: z.string().min(shortestPassword, words.short).max(256, words.short),
      again: z.string(),
    })
    .refine((form) => form.new === form.again, { path: ["again"], message: words.differs });
}

function useAccountWords(): AccountWords {
  const { t } = useTranslation("settings");
  return useMemo(
    () => ({
      name: t("account.nameWrong"),
      current: t("account.currentMissing"),
      short: t("account.short", { count: shortestPassword }),
      differs: t("account.differs"),
    }),
    [t],
  );
}

function NameForm({ person }: { person: Person }) {
  const { t } = useTranslation("settings");
  const words = useAccountWords();
  const say = useToast();
  const [save, { isLoading }] = useChangeMeMutation();
  const schema = useMemo(() => z.object({ name: z.string().trim().min(1, words.name).max(120, words.name) }), [words]);
  const { control, handleSubmit, setError, reset, formState } = useForm({ resolver: zodResolver(schema), defaultValues: { name: person.name } });
  const refuse = useRefusals(setError, ["name"]);
  const submit = handleSubmit(async ({ name }) => {
    try {
      const changed = await save({ name: name.trim() }).unwrap();
      reset({ name: changed.name });
      say(t("saved"));
    } catch (problem) {
      refuse(problem);
    }
  });
  return (
    <FormSection title={t("part.account")} dirty={formState.isDirty} busy={isLoading} onSubmit={(event) => void submit(event)} onDiscard={() => reset()}>
      <Group title={person.email} detail={t("account.detail")}>
        <FormField control={control} name="name" label={t("account.name")} slotProps={{ htmlInput: { autoComplete: "name" } }} />
      </Group>
    </FormSection>
  );
}

function PasswordForm({ person }: { person: Person }) {
  const { t } = useTranslation("settings");
  const words = useAccountWords();
  const say = useToast();
  const [save, { isLoading }] = useChangeMeMutation();
  const asksCurrent = person.has_password === true;
  const { control, handleSubmit, setError, reset, formState } = useForm({
    resolver: zodResolver(useMemo(() => passwordSchema(asksCurrent, words), [asksCurrent, words])),
    defaultValues: { current: "", new: "", again: "" },
  });
  const refuse = useRefusals(setError, ["current", "new"]);
  const submit = handleSubmit(async (form) => {
    try {
      await save({ password: { ...(asksCurrent ? { current: form.current } : {}), new: form.new } }).unwrap();
      reset();
      say(t("account.passwordSaved"));
    } catch (problem) {
      // Without a field named, a refusal means that the present password is wrong.
      if (isProblem(problem) && problem.status === 422 && problem.errors.length === 0 && asksCurrent)
        setError("current", { message: [problem.detail, problem.remedy].join(" ").trim() }, { shouldFocus: true });
      else refuse(problem);
    }
  });
  return (
    <FormSection title={t("account.password")} dirty={formState.isDirty} busy={isLoading} onSubmit={(event) => void submit(event)} onDiscard={() => reset()}>
      <Group title={t(asksCurrent ? "account.changePassword" : "account.setPassword")} detail={t("account.passwordDetail")}>
        {asksCurrent ? (
          <FormField control={control} name="current" type="password" label={t("account.current")} slotProps={{ htmlInput: { autoComplete: "current-password" } }} />
        ) : null}
        <FormField control={control} name="new" type="password" label={t("account.new")} hint={t("account.newHint", { count: shortestPassword })} slotProps={{ htmlInput: { autoComplete: "new-password" } }} />
        <FormField control={control} name="again" type="password" label={t("account.again")} slotProps={{ htmlInput: { autoComplete: "new-password" } }} />
      </Group>
    </FormSection>
  );
}

export function AccountSection({ person }: { person: Person }) {
  return (
    <>
      <NameForm person={person} />
      <PasswordForm person={person} />
    </>
  );
}
