//! Facts of the sources for the rules, read once.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, FnArg, ImplItem, Pat, Signature, Type};

use crate::source::{ItemKey, Packages, Sources, Target, Texts, imports, is_public, is_punct};

#[derive(Default)]
pub struct Facts {
    /// Paths below `src/`; everything else names a file by its place here.
    pub files: Vec<String>,
    pub imports: Vec<Use>,
    /// Paths into other packages, by the package's own name.
    pub externals: Vec<Word>,
    /// Every identifier of the code.
    pub words: Vec<Word>,
    /// Types with `impl` blocks in several files, and the calls of their methods from file to file.
    pub methods: BTreeMap<String, Vec<Use>>,
    pub types: Vec<Declared>,
    pub functions: Vec<Function>,
}

pub struct Use {
    pub from: usize,
    pub to: usize,
    pub line: usize,
    pub name: String,
    /// A re-export: its users depend on the file that declares the name, not on the module between.
    pub passed_on: bool,
}

pub struct Word {
    pub file: usize,
    pub line: usize,
    pub text: String,
}

pub struct Declared {
    pub name: String,
    pub file: usize,
    pub line: usize,
}

pub struct Function {
    pub name: String,
    pub place: String,
    pub lines: usize,
}

impl Facts {
    pub fn read(texts: &Texts, packages: &Packages) -> Self {
        let sources = Sources::read(texts, packages);
        let mut reader = Reader {
            sources: &sources,
            facts: Self { files: sources.files.iter().map(|file| file.path.clone()).collect(), ..Self::default() },
            file: 0,
            module: 0,
            own: None,
            bound: Vec::new(),
            homes: BTreeMap::new(),
            calls: Vec::new(),
        };
        for (index, file) in sources.files.iter().enumerate() {
            (reader.file, reader.module) = (index, file.module);
            reader.words(file.code.clone(), false);
            reader.visit_file(&file.ast);
            reader.facts.functions.extend(functions(&file.ast, &file.path));
        }
        reader.finish()
    }

    /// Facts of planted texts, with two packages, one of them renamed.
    pub fn planted(texts: &[(&str, &str)]) -> Self {
        let texts = texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        let packages = [("tokio", "tokio"), ("tui_textarea", "ratatui-textarea")];
        Self::read(&texts, &packages.iter().map(|(name, of)| ((*name).to_owned(), (*of).to_owned())).collect())
    }

    pub fn place(&self, file: usize, line: usize) -> String {
        format!("{}:{line}", self.files[file])
    }
}

/// A call by a type's name or by a receiver whose type is written down.
struct Call {
    of: ItemKey,
    method: String,
    file: usize,
    line: usize,
}

struct Reader<'a> {
    sources: &'a Sources,
    facts: Facts,
    file: usize,
    module: usize,
    /// The type of the `impl` block.
    own: Option<ItemKey>,
    /// Parameters of the functions around, with their types.
    bound: Vec<(String, ItemKey)>,
    homes: BTreeMap<ItemKey, BTreeMap<String, BTreeSet<usize>>>,
    calls: Vec<Call>,
}

impl Reader<'_> {
    fn finish(mut self) -> Facts {
        for (key, methods) in &self.homes {
            let files: BTreeSet<usize> = methods.values().flatten().copied().collect();
            if files.len() > 1 {
                let name = format!("{} ({})", key.name, self.facts.files[self.sources.file_of(key.module)]);
                self.facts.methods.insert(name, Vec::new());
            }
        }
        for call in self.calls {
            let name = format!("{} ({})", call.of.name, self.facts.files[self.sources.file_of(call.of.module)]);
            let Some(methods) = self.facts.methods.get_mut(&name) else { continue };
            for &to in self.homes[&call.of].get(&call.method).into_iter().flatten() {
                if to != call.file {
                    let (from, line, name) = (call.file, call.line, call.method.clone());
                    methods.push(Use { from, to, line, name, passed_on: false });
                }
            }
        }
        self.facts
    }

    /// Every identifier, a macro's with its mark, and the public types that a macro's own text declares.
    fn words(&mut self, code: TokenStream, in_macro: bool) {
        let tokens: Vec<TokenTree> = code.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => {
                    let called = at > 1 && (is_punct(&tokens[at - 1], '!') || is_punct(&tokens[at - 2], '!'));
                    self.words(group.stream(), in_macro || called);
                }
                TokenTree::Ident(word) => {
                    let (line, mut text) = (word.span().start().line, word.to_string());
                    let kind = ["struct", "enum", "trait", "type"].contains(&text.as_str());
                    if let Some(TokenTree::Ident(name)) = tokens.get(at + 1)
                        && in_macro
                        && kind
                        && at > 0
                        && (matches!(&tokens[at - 1], TokenTree::Group(_)) || tokens[at - 1].to_string() == "pub")
                    {
                        self.facts.types.push(Declared { name: name.to_string(), file: self.file, line });
                    }
                    if let [mark, TokenTree::Group(_), ..] = &tokens[at + 1..]
                        && is_punct(mark, '!')
                    {
                        text.push('!');
                    }
                    self.facts.words.push(Word { file: self.file, line, text });
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    fn name(&mut self, path: &[String], line: usize, passed_on: bool) {
        for target in self.sources.resolve(self.module, path) {
            match target {
                Target::External(text) => self.facts.externals.push(Word { file: self.file, line, text }),
                Target::Module(module) => self.import(self.sources.file_of(module), line, path, true),
                Target::Item(key) => {
                    self.made_by_macro(&key, line);
                    self.import(self.sources.file_of(key.module), line, path, passed_on);
                }
            }
        }
    }

    fn import(&mut self, to: usize, line: usize, path: &[String], passed_on: bool) {
        if to != self.file {
            self.facts.imports.push(Use { from: self.file, to, line, name: path.join("::"), passed_on });
        }
    }

    /// A type that an import names and no item declares comes out of a macro.
    fn made_by_macro(&mut self, key: &ItemKey, line: usize) {
        let type_name = key.name.starts_with(char::is_uppercase) && key.name.contains(char::is_lowercase);
        if type_name && !self.sources.declares(key) {
            let file = self.sources.file_of(key.module);
            let known = self.facts.types.iter().any(|known| known.name == key.name && known.file == file);
            if !known {
                self.facts.types.push(Declared { name: key.name.clone(), file, line });
            }
        }
    }

    fn declare(&mut self, visibility: &syn::Visibility, name: &syn::Ident) {
        if is_public(visibility) {
            let (line, name) = (name.span().start().line, name.to_string());
            self.facts.types.push(Declared { name, file: self.file, line });
        }
    }

    /// A path in the code or in a macro's tokens: what it names, and the method that it may call.
    fn path(&mut self, path: &[String], line: usize) {
        let [.., prefix, last] = path else {
            // One word alone may be a variable: only what is declared here or imported counts.
            let local = self.sources.resolve(self.module, path);
            if local.iter().any(|target| matches!(target, Target::Item(_))) {
                self.name(path, line, false);
            }
            return;
        };
        let of = if prefix == "Self" { self.own.clone() } else { self.type_of(&path[..path.len() - 1]) };
        if let Some(of) = of {
            self.calls.push(Call { of, method: last.clone(), file: self.file, line });
        }
        if path[0] != "Self" {
            self.name(path, line, false);
        }
    }

    fn type_of(&self, path: &[String]) -> Option<ItemKey> {
        if path == ["Self"] {
            return self.own.clone();
        }
        let found = self.sources.resolve(self.module, path);
        found.into_iter().find_map(|target| if let Target::Item(key) = target { Some(key) } else { None })
    }

    fn written_type(&self, ty: &Type) -> Option<ItemKey> {
        match ty {
            Type::Reference(reference) => self.written_type(&reference.elem),
            Type::Paren(inner) => self.written_type(&inner.elem),
            Type::Path(path) => self.type_of(&segments(&path.path)),
            _ => None,
        }
    }

    fn called(&mut self, receiver: &str, method: String, line: usize) {
        let of = if receiver == "self" {
            self.own.clone()
        } else {
            self.bound.iter().rev().find(|(name, _)| name == receiver).map(|(_, of)| of.clone())
        };
        if let Some(of) = of {
            self.calls.push(Call { of, method, file: self.file, line });
        }
    }

    /// Paths and method calls in the tokens of a macro or an attribute.
    fn tokens(&mut self, code: TokenStream) {
        let tokens: Vec<TokenTree> = code.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(word) => {
                    let line = word.span().start().line;
                    let member = at > 0 && is_punct(&tokens[at - 1], '.');
                    let mut path = vec![word.to_string()];
                    while let [colon, second, TokenTree::Ident(next), ..] = &tokens[at + 1..]
                        && is_punct(colon, ':')
                        && is_punct(second, ':')
                    {
                        path.push(next.to_string());
                        at += 3;
                    }
                    if let [dot, TokenTree::Ident(method), TokenTree::Group(_), ..] = &tokens[at + 1..]
                        && is_punct(dot, '.')
                        && path.len() == 1
                        && !member
                    {
                        self.called(&path[0], method.to_string(), line);
                    }
                    if path.len() > 1 {
                        self.path(&path, line);
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn with_parameters(&mut self, signature: &Signature, inner: impl FnOnce(&mut Self)) {
        let outer = self.bound.len();
        for input in &signature.inputs {
            if let FnArg::Typed(typed) = input
                && let Pat::Ident(name) = &*typed.pat
                && let Some(of) = self.written_type(&typed.ty)
            {
                self.bound.push((name.ident.to_string(), of));
            }
        }
        inner(self);
        self.bound.truncate(outer);
    }
}

fn segments(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.content.is_some() {
            let outer = self.module;
            self.module = self.sources.child(outer, &item.ident.to_string());
            visit::visit_item_mod(self, item);
            self.module = outer;
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        for import in imports(&item.tree) {
            self.name(&import.path, import.line, is_public(&item.vis));
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.own = self.written_type(&item.self_ty);
        if let Some(own) = self.own.clone() {
            let methods = self.homes.entry(own).or_default();
            for inner in &item.items {
                if let ImplItem::Fn(method) = inner {
                    methods.entry(method.sig.ident.to_string()).or_default().insert(self.file);
                }
            }
        }
        visit::visit_item_impl(self, item);
        self.own = None;
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.with_parameters(&item.sig, |inner| visit::visit_item_fn(inner, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.with_parameters(&item.sig, |inner| visit::visit_impl_item_fn(inner, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.with_parameters(&item.sig, |inner| visit::visit_trait_item_fn(inner, item));
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.declare(&item.vis, &item.ident);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.declare(&item.vis, &item.ident);
        visit::visit_item_enum(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.declare(&item.vis, &item.ident);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.declare(&item.vis, &item.ident);
        visit::visit_item_type(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.path(&segments(path), path.span().start().line);
        visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if let Expr::Path(receiver) = &*call.receiver
            && let Some(receiver) = receiver.path.get_ident()
        {
            self.called(&receiver.to_string(), call.method.to_string(), call.method.span().start().line);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.visit_path(&item.path);
        self.tokens(item.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone());
        }
    }
}

/// Functions of a file with the lines from their signature to their end.
pub fn functions(file: &syn::File, path: &str) -> Vec<Function> {
    let mut found = Functions { path, found: Vec::new() };
    found.visit_file(file);
    found.found
}

struct Functions<'a> {
    path: &'a str,
    found: Vec<Function>,
}

impl Functions<'_> {
    fn add(&mut self, signature: &Signature, end: proc_macro2::Span) {
        let line = signature.span().start().line;
        let (name, place) = (signature.ident.to_string(), format!("{}:{line}", self.path));
        self.found.push(Function { name, place, lines: end.end().line + 1 - line });
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add(&item.sig, item.block.span());
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.sig, item.block.span());
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.add(&item.sig, block.span());
        }
        visit::visit_trait_item_fn(self, item);
    }
}
