'use client';
/** The catalogue for components in the browser. */
import { createContext, type ReactNode, useContext } from 'react';
import { type Language, type Text, textOf } from '../text/index.ts';

const LanguageContext = createContext<Language>('en');

export function TextProvider({ language, children }: { language: Language; children: ReactNode }) {
  return <LanguageContext.Provider value={language}>{children}</LanguageContext.Provider>;
}

export function useText(): Text {
  return textOf(useContext(LanguageContext));
}

export function useLanguage(): Language {
  return useContext(LanguageContext);
}
