// The people of the shop: who may sign in, with which role; owners invite, change and remove them.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useListPeopleQuery } from "@/api/settings";
import type { PersonRow, Role } from "@/api/types";
import { usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { type Column, DataTable } from "@/components/DataTable";
import { Ellipsis, Plus, Users } from "@/components/icons";
import { EmptyState, ErrorState } from "@/components/Notice";
import { useFormats } from "@/format/useFormats";
import { InviteDialog } from "./InviteDialog";
import { type Intent, PersonDialog } from "./PersonDialog";
import { roles } from "./roles";

/** A real moment: people live by the calendar on the wall, not by the shop's clock. */
function SignedIn({ at }: { at: string | null }) {
  const { t } = useTranslation("settings");
  const formats = useFormats();
  const [now] = useState(Date.now);
  return at ? <time dateTime={at}>{formats.relative(at, now)}</time> : t("people.never");
}

function Actions({ person, own, onAsk }: { person: PersonRow; own: boolean; onAsk: (intent: Intent) => void }) {
  const { t } = useTranslation(["settings", "words"]);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const ask = (intent: Intent) => () => {
    setAnchor(null);
    onAsk(intent);
  };
  const others: Role[] = roles.filter((role) => role !== person.role);
  return (
    <>
      <IconButton aria-label={t("people.actions", { name: person.name || person.email })} aria-haspopup="menu" aria-expanded={anchor !== null} onClick={(event) => setAnchor(event.currentTarget)}>
        <Ellipsis size={18} aria-hidden />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {others.map((role) => (
          <MenuItem key={role} onClick={ask({ kind: "role", role })}>
            {t("people.make", { role: t(`words:role.${role}`) })}
          </MenuItem>
        ))}
        <MenuItem onClick={ask({ kind: "link" })}>{t("people.newLink")}</MenuItem>
        {own ? null : (
          <MenuItem onClick={ask({ kind: "remove" })} sx={{ color: "error.main" }}>
            {t("people.remove")}
          </MenuItem>
        )}
      </Menu>
    </>
  );
}

function Name({ person, own }: { person: PersonRow; own: boolean }) {
  const { t } = useTranslation("settings");
  return (
    <>
      <Box component="span" sx={{ display: "block", fontWeight: 600 }}>
        {person.name || person.email}
        {own ? (
          <Box component="span" sx={{ fontWeight: 400, color: "text.secondary" }}>
            {` ${t("people.you")}`}
          </Box>
        ) : null}
      </Box>
      <Box component="span" sx={{ fontSize: 13, color: "text.secondary", overflowWrap: "anywhere" }}>
        {person.email}
      </Box>
    </>
  );
}

export function PeopleSection() {
  const { t } = useTranslation(["settings", "words"]);
  const me = usePerson();
  const { data, error, refetch } = useListPeopleQuery();
  const [inviting, setInviting] = useState(false);
  const [asked, setAsked] = useState<{ person: PersonRow; intent: Intent } | null>(null);
  const isMe = (person: PersonRow) => String(person.id) === String(me?.id);
  const actions = (person: PersonRow): ReactNode => <Actions person={person} own={isMe(person)} onAsk={(intent) => setAsked({ person, intent })} />;
  const columns: Column<PersonRow>[] = [
    { key: "name", header: t("people.name"), cell: (person) => <Name person={person} own={isMe(person)} /> },
    { key: "role", header: t("people.role"), cell: (person) => t(`words:role.${person.role}`) },
    { key: "may", header: t("people.may"), from: "lg", cell: (person) => t(`people.roleDetail.${person.role}`) },
    { key: "seen", header: t("people.seen"), cell: (person) => <SignedIn at={person.last_sign_in_at} /> },
    { key: "actions", header: t("people.actionsHead"), align: "right", cell: actions },
  ];
  return (
    <Card
      flush
      title={t("part.people")}
      action={
        <Button variant="contained" color="primary" startIcon={<Plus size={16} aria-hidden />} onClick={() => setInviting(true)}>
          {t("people.invite")}
        </Button>
      }
    >
      {error && !data ? (
        <ErrorState error={error} retry={refetch} />
      ) : (
        <DataTable
          label={t("part.people")}
          columns={columns}
          rows={data?.items}
          rowKey={(person) => String(person.id)}
          waitingRows={4}
          empty={
            <EmptyState icon={Users} title={t("people.emptyTitle")}>
              {t("people.emptyDetail")}
            </EmptyState>
          }
          card={(person) => (
            <Box sx={{ display: "flex", gap: 1, alignItems: "center" }}>
              <Box sx={{ flex: 1, minWidth: 0 }}>
                <Name person={person} own={isMe(person)} />
                <Box sx={{ fontSize: 13, color: "text.secondary" }}>
                  {`${t(`words:role.${person.role}`)} · `}
                  <SignedIn at={person.last_sign_in_at} />
                </Box>
              </Box>
              {actions(person)}
            </Box>
          )}
        />
      )}
      {inviting ? <InviteDialog onClose={() => setInviting(false)} /> : null}
      {asked ? <PersonDialog {...asked} onClose={() => setAsked(null)} /> : null}
    </Card>
  );
}
