// The person's menu: who is signed in, language and theme on a phone, and signing out.
import Avatar from "@mui/material/Avatar";
import Box from "@mui/material/Box";
import Divider from "@mui/material/Divider";
import IconButton from "@mui/material/IconButton";
import ListItemIcon from "@mui/material/ListItemIcon";
import MenuItem from "@mui/material/MenuItem";
import MenuList from "@mui/material/MenuList";
import Popover from "@mui/material/Popover";
import type { Theme } from "@mui/material/styles";
import Typography from "@mui/material/Typography";
import useMediaQuery from "@mui/material/useMediaQuery";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSignOutMutation } from "@/api/sessions";
import { useAppDispatch, useAppSelector } from "@/app/store";
import { Languages, LogOut } from "@/components/icons";
import { preferencesChanged } from "@/preferences/preferences";
import { themes } from "./LookMenus";

function PhoneChoices({ done }: { done: () => void }) {
  const { t } = useTranslation("shell");
  const { language, theme } = useAppSelector((state) => state.preferences);
  const dispatch = useAppDispatch();
  const other = language === "ko" ? "en" : "ko";
  return (
    <>
      <MenuItem
        lang={other}
        onClick={() => {
          dispatch(preferencesChanged({ language: other }));
          done();
        }}
      >
        <ListItemIcon>
          <Languages size={16} aria-hidden />
        </ListItemIcon>
        {t(`language.${other}`)}
      </MenuItem>
      {themes.map(({ name, icon: Icon }) => (
        <MenuItem
          key={name}
          role="menuitemradio"
          aria-checked={name === theme}
          selected={name === theme}
          onClick={() => {
            dispatch(preferencesChanged({ theme: name }));
            done();
          }}
        >
          <ListItemIcon>
            <Icon size={16} aria-hidden />
          </ListItemIcon>
          {t(`theme.${name}`)}
        </MenuItem>
      ))}
      <Divider component="li" role="separator" />
    </>
  );
}

export function PersonMenu() {
  const { t } = useTranslation(["shell", "words"]);
  const person = useAppSelector((state) => state.session.person);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [signOut] = useSignOutMutation();
  const phone = useMediaQuery((theme: Theme) => theme.breakpoints.down("md"), { noSsr: true });
  const id = useId();
  if (!person) return null;
  const close = () => setAnchor(null);
  const name = person.name || person.email;
  return (
    <>
      <IconButton
        aria-label={t("shell:person.menu", { name })}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        aria-controls={anchor ? id : undefined}
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ width: 36, height: 36, p: 0.5 }}
      >
        <Avatar sx={{ width: 28, height: 28, fontSize: 12, fontWeight: 600, bgcolor: "action.selected", color: "primary.main" }}>
          {[...name][0]?.toUpperCase()}
        </Avatar>
      </IconButton>
      <Popover
        id={id}
        anchorEl={anchor}
        open={anchor !== null}
        onClose={close}
        anchorOrigin={{ vertical: "bottom", horizontal: "right" }}
        transformOrigin={{ vertical: "top", horizontal: "right" }}
        slotProps={{
          paper: { role: "dialog", "aria-label": t("shell:person.menu", { name }), sx: { border: 1, borderColor: "divider", mt: 0.5 } },
        }}
      >
        <Box sx={{ px: 2, py: 1.5, minWidth: 220 }}>
          <Typography sx={{ fontWeight: 600 }}>{name}</Typography>
          <Typography variant="body2" sx={{ color: "text.secondary" }}>
            {person.email}
          </Typography>
          <Typography variant="body2" sx={{ color: "text.secondary" }}>
            {t(`words:role.${person.role}`)}
          </Typography>
        </Box>
        <Divider />
        <MenuList autoFocusItem={anchor !== null} aria-label={t("shell:person.menu", { name })}>
          {phone ? <PhoneChoices done={close} /> : null}
          <MenuItem onClick={() => void signOut()}>
            <ListItemIcon>
              <LogOut size={16} aria-hidden />
            </ListItemIcon>
            {t("shell:person.signOut")}
          </MenuItem>
        </MenuList>
      </Popover>
    </>
  );
}
